import type {TaskResult} from '../checking/types.ts';
import type {Gradebook, SubmissionKey} from './gradebook/gradebook.ts';
import {hiddenSeed, judge, type Judgement, seedId} from './judge/judge.ts';
import {type GradedLesson, maxPoints} from './lesson.ts';
import type {CellResult, Isolation, SubmissionResult} from './results.ts';
import {SandboxFailed, type SandboxSource} from './sandbox/pool.ts';
import {findAnswers, type FoundAnswers} from './submission/answers.ts';
import type {Submission} from './submission/intake.ts';
import {type Notebook, parseNotebook, UnreadableNotebook} from './submission/notebook.ts';

export interface GradingContext {
  readonly lesson: GradedLesson;
  readonly isolation: Isolation;
  readonly secret: string;
  readonly graderVersion: string;
  readonly source: SandboxSource;
  readonly gradebook: Gradebook;
}

export interface Graded {
  readonly result: SubmissionResult;
  /** For the instructor only. */
  readonly log: string;
  readonly reused: boolean;
  /** Not graded through a fault of ours: the next run tries it again. */
  readonly ours?: true;
}

/** A submission that took the grader along this often is not tried again by itself. */
const maxAttempts = 5;

/** What tells the grading of this notebook from every other; the hidden inputs' seed is of this very one, too. */
export function gradingKey(
  learner: string,
  contentHash: string,
  {lesson, secret}: Pick<GradingContext, 'lesson' | 'secret'>,
): {readonly key: SubmissionKey; readonly seed: string} {
  const {slug} = lesson.lesson;
  const seed = hiddenSeed(secret, learner, slug, lesson.version, contentHash);
  return {key: {lesson: slug, lessonVersion: lesson.version, learner, contentHash, seedId: seedId(seed)}, seed};
}

/** Grades what was taken in: runs it in a sandbox, judges it, keeps the result. Never throws for what the notebook holds. */
export async function gradeSubmission(file: Submission, assumed: readonly string[], context: GradingContext): Promise<Graded> {
  const {lesson, gradebook} = context;
  const about = {file, started: new Date(), clock: performance.now(), context, warnings: assumed};
  if (file.problem) return {result: notGraded({...about, seed: ''}, file.problem), log: '', reused: false};

  const {key, seed} = gradingKey(file.learner, file.contentHash, context);
  const earlier = await gradebook.find(key);
  if (earlier) return {...earlier, reused: true};

  const attempts = await gradebook.start(key, file.file);
  const sheet = {...about, seed};
  const keep = async (result: SubmissionResult, log: string): Promise<Graded> => {
    await gradebook.finish(key, result, log);
    return {result, log, reused: false};
  };
  if (attempts >= maxAttempts)
    return keep(notGraded(sheet, `Grading it ended the grader ${attempts} times; grade it alone to see why.`), '');
  const bytes = await gradebook.content(file.contentHash);
  if (!bytes)
    throw new Error(`Expected the notebook of ${file.learner} in the gradebook, found none; grade the folder of submissions again`);
  const notebook = readNotebook(bytes);
  if (notebook instanceof UnreadableNotebook) return keep(notGraded(sheet, notebook.message), '');
  if (notebook.lesson !== undefined && notebook.lesson !== key.lesson)
    return keep(notGraded(sheet, `Expected a notebook of the lesson ${key.lesson}, got one of ${notebook.lesson.slice(0, 80)}.`), '');

  const answers = findAnswers(
    notebook,
    lesson.lesson.tasks.map(task => task.name),
  );
  try {
    const judgement = await judge(
      lesson.lesson,
      {cells: answers.code.map(cell => cell.source), answeredBy: answers.answeredBy},
      context.source,
      lesson.budgetSeconds * 1000,
      seed,
    );
    const ours = judgement.tasks.find(task => task.verdict === 'infrastructure');
    const reason = ours?.checks.find(check => check.verdict === 'infrastructure')?.message;
    if (reason === undefined) return await keep(graded(sheet, notebook, answers, judgement), judgement.log);
    await gradebook.release(key, reason);
    return {
      result: {...graded(sheet, notebook, answers, judgement), status: 'not graded', reason, points: 0},
      log: judgement.log,
      reused: false,
      ours: true,
    };
  } catch (error) {
    if (!(error instanceof SandboxFailed)) throw error;
    await gradebook.release(key, error.message);
    return {result: notGraded(sheet, error.message), log: '', reused: false, ours: true};
  }
}

interface Sheet {
  readonly file: Submission;
  readonly started: Date;
  readonly clock: number;
  readonly context: GradingContext;
  readonly warnings: readonly string[];
  readonly seed: string;
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
    tasks,
    cells: cellResults(notebook, answers, cells),
    warnings,
  };
}

function notGraded(sheet: Sheet, reason: string): SubmissionResult {
  return {...result(sheet), status: 'not graded', reason};
}

function result({file, started, clock, context, warnings, seed}: Sheet): SubmissionResult {
  const {lesson} = context;
  return {
    schema: 1,
    learner: file.learner,
    file: file.file,
    lesson: lesson.lesson.slug,
    lessonVersion: lesson.version,
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

function readNotebook(bytes: Buffer): Notebook | UnreadableNotebook {
  try {
    return parseNotebook(bytes);
  } catch (error) {
    if (error instanceof UnreadableNotebook) return error;
    throw error;
  }
}
