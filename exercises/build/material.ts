import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Lesson, Task} from '../../checking/types.ts';
import {lessonFolder, loadLesson, readSolutions, type SolutionFiles} from './lessons.ts';
import {type ParsedLesson, readLesson} from './lesson.ts';
import {type Scope, solutionScope} from './scope.ts';
import {answerPieces} from './submission.ts';

/** All that is known about a lesson. */
export interface Material {
  readonly parsed: ParsedLesson;
  readonly lesson: Lesson;
  readonly solutions: SolutionFiles;
  /** Tensors for the solutions: the loaded backend's namespace. */
  readonly tf: unknown;
}

export async function loadMaterial(slug: string, tf: unknown): Promise<Material> {
  return {parsed: readLesson(lessonFolder(slug)), lesson: await loadLesson(slug), solutions: readSolutions(slug), tf};
}

/** A solution to be judged on some of the lesson's tasks. */
export interface Candidate {
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly scope: Scope;
}

export interface WrongCandidate extends Candidate {
  /** The check that must catch it. */
  readonly caughtBy: {readonly task: string; readonly check: string};
}

/** The solution on every task, then each alternative on the tasks it does differently. */
export function rightCandidates({parsed, lesson, solutions, tf}: Material): Candidate[] {
  const {source} = solutions.answers;
  return [
    {name: solutions.answers.name, tasks: lesson.tasks, scope: solutionScope(parsed, tf, source)},
    ...solutions.alternatives.map(file => ({
      name: file.name,
      tasks: tasksChangedBy(parsed, lesson, source, file.source),
      scope: solutionScope(parsed, tf, source, file.source),
    })),
  ];
}

export function wrongCandidates({parsed, lesson, solutions, tf}: Material): WrongCandidate[] {
  return solutions.wrong.map(file => {
    const caughtBy = caughtByOf(file.source);
    const task = lesson.tasks.find(task => task.name === caughtBy?.task);
    if (caughtBy === undefined || !task?.checks.some(check => check.name === caughtBy.check)) {
      throw new Error(
        `${parsed.slug}/${file.name}: expected \`export const caughtBy = {task: '…', check: '…'}\` with a check of checks.ts, got ${JSON.stringify(caughtBy)}`,
      );
    }
    return {name: file.name, tasks: [task], scope: solutionScope(parsed, tf, solutions.answers.source, file.source), caughtBy};
  });
}

/** Changes with everything that decides a lesson's margins. */
export function materialHash({parsed, solutions}: Pick<Material, 'parsed' | 'solutions'>): string {
  const hash = createHash('sha256');
  const folder = lessonFolder(parsed.slug);
  for (const name of readdirSync(folder)
    .filter(name => name.endsWith('.ts'))
    .sort())
    hash.update(`\n${name}\n${readFileSync(join(folder, name), 'utf8')}`);
  for (const file of [solutions.answers, ...solutions.alternatives, ...solutions.wrong]) hash.update(`\n${file.name}\n${file.source}`);
  return hash.digest('hex');
}

export function tasksChangedBy(parsed: ParsedLesson, lesson: Lesson, answersSource: string, overrideSource: string): Task[] {
  const answers = answerPieces(parsed, answersSource);
  const solved = answerPieces(parsed, answersSource, overrideSource);
  return lesson.tasks.filter(task => answers.get(task.name) !== solved.get(task.name));
}

function caughtByOf(source: string): {task: string; check: string} | undefined {
  const match = /export const caughtBy = \{\s*task: (['"])(?<task>.*?)\1,\s*check: (['"])(?<check>.*?)\3,?\s*\}/.exec(source);
  return match?.groups as {task: string; check: string} | undefined;
}
