import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Verdict} from '../../checking/types.ts';
import {readLesson, solvedNotebook} from '../../exercises/build/index.ts';
import {ownCourse} from '../../exercises/build/course.ts';
import {type GradedLesson, loadGradedLesson, maxPoints} from '../lesson.ts';
import {hostileSubmissions} from './hostile.ts';

/** What the demo's class must get. */
export interface Expectation {
  readonly learner: string;
  readonly file: string;
  readonly status: 'graded' | 'not graded';
  /** Missing where only `below` is known. */
  readonly points?: number;
  readonly below?: number;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The check that must find the mistake. */
  readonly caughtBy?: {readonly task: string; readonly check: string};
}

const demoLesson = '04-int8-from-scratch';
const classSize = 40;

/** The lesson as the demo grades it: endless loops are given up sooner than in earnest. */
export async function loadDemoLesson(): Promise<GradedLesson> {
  const graded = await loadGradedLesson(demoLesson);
  const {lesson} = graded;
  return {...graded, budgetSeconds: 16, memoryMiB: 512, lesson: {...lesson, tasks: lesson.tasks.map(task => ({...task, timeoutMs: 5000}))}};
}

/** Writes a class of 40 submissions: right ones, wrong ones, hostile ones and files that are no notebooks. Returns what each must get. */
export async function writeDemoClass(folder: string, graded: GradedLesson): Promise<Expectation[]> {
  const parsed = readLesson(ownCourse.folder(demoLesson));
  const {answers, alternatives, wrong} = ownCourse.solutions(demoLesson);
  const max = maxPoints(graded.lesson);
  await mkdir(folder, {recursive: true});
  const expected: Expectation[] = [];
  const write = async (learner: string, text: string, expectation: Omit<Expectation, 'learner' | 'file'>): Promise<void> => {
    const file = `${learner}_${demoLesson}.ipynb`;
    await writeFile(join(folder, file), text);
    expected.push({learner, file, ...expectation});
  };
  const hostile = hostileSubmissions({lesson: graded.lesson, solved: solvedNotebook(parsed, answers.source), imports: graded.imports});
  for (const {name, notebook, points, verdicts} of hostile)
    await write(name, JSON.stringify(notebook), {status: 'graded', points, verdicts});
  for (const [learner, text] of Object.entries(broken)) await write(learner, text, {status: 'not graded', verdicts: {}});
  // Mistakes of every task: each file's name begins with its task's.
  const mistakes = spread(wrong, 5);
  for (const {name, source} of mistakes) {
    const caughtBy = mistakeOf(source);
    await write(`wrong-${stem(name)}`, JSON.stringify(solvedNotebook(parsed, answers.source, source)), {
      status: 'graded',
      below: max,
      verdicts: {},
      caughtBy,
    });
  }
  for (const {name, source} of spread(alternatives, classSize - expected.length))
    await write(`right-${stem(name)}`, JSON.stringify(solvedNotebook(parsed, answers.source, source)), {
      status: 'graded',
      points: max,
      verdicts: {},
    });
  await writeFile(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  return expected;
}

const broken: Readonly<Record<string, string>> = {
  'broken-empty': '',
  'broken-half-saved': '{"cells": [{"cell_type": "code", "sour',
  'broken-nested': `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
};

function spread<T>(items: readonly T[], count: number): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({length: taken}, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}

/** `export const caughtBy = {task: '…', check: '…'}`, as every wrong answer says it. */
function mistakeOf(source: string): {task: string; check: string} {
  const [, task, check] = /caughtBy\s*=\s*\{\s*task:\s*'([^']+)',\s*check:\s*(?:'((?:[^'\\]|\\.)*)'|"(?:[^"]*)")/.exec(source) ?? [];
  if (task === undefined || check === undefined) throw new Error('Expected a wrong answer to say `caughtBy = {task, check}`');
  return {task, check: check.replace(/\\'/g, "'")};
}

function stem(name: string): string {
  return name.replace(/^.*\//, '').replace(/\.ts$/, '').replaceAll('_', '-');
}
