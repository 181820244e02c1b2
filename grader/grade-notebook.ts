import type {TaskResult} from '../checking/types.ts';
import {hiddenSeed, judge, type Judgement, seedId} from './judge/judge.ts';
import {type GradedLesson, maxPoints} from './lesson.ts';
import type {CellResult, Isolation, SubmissionResult} from './results.ts';
import {SandboxFailed, type SandboxSource} from './sandbox/pool.ts';
import {findAnswers, type FoundAnswers} from './submission/answers.ts';
import type {Submission} from './submission/intake.ts';
import {type Notebook, UnreadableNotebook} from './submission/notebook.ts';

/** What every grading of a lesson shares. */
export interface JudgingContext {
  readonly lesson: GradedLesson;
  readonly isolation: Isolation;
  readonly secret: string;
  readonly graderVersion: string;
  readonly source: SandboxSource;
}

/** A submission that is being graded. */
export interface Sheet {
  readonly file: Submission;
  readonly started: Date;
  readonly clock: number;
  readonly context: JudgingContext;
  /** What was assumed of it before. */
  readonly warnings: readonly string[];
  /** Of the hidden inputs; empty where the notebook's bytes could not be read. */
  readonly seed: string;
}

export interface GradedNotebook {
  readonly result: SubmissionResult;
  /** For the instructor only. */
  readonly log: string;
  /** Not graded through a fault of ours: it may be tried again. */
  readonly ours?: true;
}

/** Whoever has a notebook graded tries it again, as often in all, where it was lost through a fault of ours. */
export const maxTries = 3;

export function newSheet(file: Submission, warnings: readonly string[], context: JudgingContext): Sheet {
  const {learner, contentHash} = file;
  const {lesson, secret} = context;
  const seed = contentHash && hiddenSeed(secret, learner, lesson.lesson.slug, lesson.version, contentHash);
  return {file, started: new Date(), clock: performance.now(), context, warnings, seed};
}

/** Runs a notebook in a sandbox and judges it. Never throws for what it holds. */
export async function gradeNotebook(notebook: Notebook | UnreadableNotebook, sheet: Sheet): Promise<GradedNotebook> {
  const {lesson, source} = sheet.context;
  const {slug} = lesson.lesson;
  if (notebook instanceof UnreadableNotebook) return {result: notGraded(sheet, notebook.message), log: ''};
  if (notebook.lesson !== undefined && notebook.lesson !== slug)
    return {result: notGraded(sheet, `Expected a notebook of the lesson ${slug}, got one of ${notebook.lesson.slice(0, 80)}.`), log: ''};

  const answers = findAnswers(
    notebook,
    lesson.lesson.tasks.map(task => task.name),
  );
  try {
    const judgement = await judge(
      lesson.lesson,
      {cells: answers.code.map(cell => cell.source), answeredBy: answers.answeredBy},
      source,
      lesson.budgetSeconds * 1000,
      sheet.seed,
    );
    const result = graded(sheet, notebook, answers, judgement);
    const ours = judgement.tasks.find(task => task.verdict === 'infrastructure');
    const reason = ours?.checks.find(check => check.verdict === 'infrastructure')?.message;
    if (reason === undefined) return {result, log: judgement.log};
    return {result: {...result, status: 'not graded', reason, points: 0}, log: judgement.log, ours: true};
  } catch (error) {
    if (!(error instanceof SandboxFailed)) throw error;
    return {result: notGraded(sheet, error.message), log: '', ours: true};
  }
}

function graded(sheet: Sheet, notebook: Notebook, answers: FoundAnswers, {tasks, cells, capped}: Judgement): SubmissionResult {
  const warnings = [
    ...sheet.warnings,
    ...notebook.warnings,
    ...answers.warnings,
    ...(capped ? ['The notebook printed more than is shown.'] : []),
  ];
  return {
    ...result(sheet),
    status: 'graded',
    reason: '',
    points: sum(tasks, task => task.points),
    tasks: tasks.map(task => saidWhenNotBegun(task, answers)),
    cells: cellResults(notebook, answers, cells),
    warnings,
  };
}

/** An answer that still throws what its stub throws was not begun: other shapes and values would be no help. Told from the notebook's text alone. */
function saidWhenNotBegun(task: TaskResult, {code, answeredBy}: FoundAnswers): TaskResult {
  const place = answeredBy.get(task.task);
  const stub = `${task.task} is not written yet`;
  if (task.verdict !== 'error' || place === undefined || !code[place]!.source.includes(stub)) return task;
  const message = `${stub}: its cell still throws the error that the lesson put there.`;
  return {...task, checks: task.checks.map(check => (check.verdict === 'error' ? {...check, message} : check))};
}

export function notGraded(sheet: Sheet, reason: string): SubmissionResult {
  return {...result(sheet), status: 'not graded', reason};
}

function result(sheet: Sheet): SubmissionResult {
  const {file, started, clock, context, warnings, seed} = sheet;
  const {lesson} = context;
  return {
    schema: 1,
    learner: file.learner,
    file: file.file,
    lesson: lesson.lesson.slug,
    lessonVersion: lesson.version,
    codeHash: lesson.codeHash,
    graderVersion: context.graderVersion,
    contentHash: file.contentHash,
    seedId: seed && seedId(seed),
    backend: lesson.backend,
    isolation: context.isolation,
    status: 'not graded',
    reason: '',
    started: started.toISOString(),
    seconds: Math.round(performance.now() - clock) / 1000,
    points: 0,
    max: maxPoints(lesson.lesson),
    tasks: [],
    cells: [],
    warnings,
  };
}

const shownSourceCharacters = 20_000;

/** The code cells, as feedback shows them; prose is the lesson's. */
function cellResults({cells}: Notebook, {code, answeredBy}: FoundAnswers, ran: Judgement['cells']): CellResult[] {
  const tasks = new Map([...answeredBy].map(([task, place]) => [code[place]!.id, task]));
  const places = new Map(code.map((cell, place) => [cell.id, place]));
  return cells
    .filter(cell => places.has(cell.id) && !cell.isCheck)
    .map(({id, source}) => {
      const {output = '', error} = ran[places.get(id)!] ?? {};
      const task = tasks.get(id);
      const shown =
        source.length > shownSourceCharacters
          ? `${source.slice(0, shownSourceCharacters)}\n… ${source.length - shownSourceCharacters} more characters`
          : source;
      return {id, source: shown, output, ...(task === undefined ? {} : {task}), ...(error === undefined ? {} : {error})};
    });
}

function sum(tasks: readonly TaskResult[], of: (task: TaskResult) => number): number {
  return tasks.reduce((total, task) => total + of(task), 0);
}
