import type {TaskResult} from '../checking/types.ts';
import type {Gradebook, SubmissionKey} from './gradebook/gradebook.ts';
import {hiddenSeed, judge, type Judgement, seedId} from './judge/judge.ts';
import {type GradedLesson, maxPoints} from './lesson.ts';
import type {CellResult, Isolation, SubmissionResult} from './results.ts';
import {SandboxFailed, type SandboxSource} from './sandbox/pool.ts';
import {findAnswers, type FoundAnswers} from './submission/answers.ts';
import type {SubmissionFile} from './submission/collect.ts';
import {contentHash, type Notebook, parseNotebook, readSubmissionFile, UnreadableNotebook} from './submission/notebook.ts';

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

/** Grades one file: reads it, runs it in a sandbox, judges it, keeps the result. Never throws for what the file holds. */
export async function gradeSubmission(file: SubmissionFile, assumed: readonly string[], context: GradingContext): Promise<Graded> {
  const {lesson, gradebook} = context;
  const started = new Date();
  const clock = performance.now();
  const about = {file, started, clock, context, warnings: assumed};
  const bytes = await readSubmissionFile(file.path).catch(asUnreadable);
  if (bytes instanceof UnreadableNotebook)
    return {result: notGraded({...about, hash: '', seed: ''}, bytes.message), log: '', reused: false};

  const hash = contentHash(bytes);
  const seed = hiddenSeed(context.secret, file.learner, lesson.lesson.slug, lesson.version, hash);
  const key: SubmissionKey = {
    lesson: lesson.lesson.slug,
    lessonVersion: lesson.version,
    learner: file.learner,
    contentHash: hash,
    seedId: seedId(seed),
  };
  const earlier = await gradebook.find(key);
  if (earlier) return {...earlier, reused: true};

  const attempts = await gradebook.start(key, file.file);
  const sheet = {...about, hash, seed};
  const keep = async (result: SubmissionResult, log: string): Promise<Graded> => {
    await gradebook.finish(key, result, log);
    return {result, log, reused: false};
  };
  if (attempts >= maxAttempts)
    return keep(notGraded(sheet, `Grading it ended the grader ${attempts} times; grade it alone to see why.`), '');
  const notebook = await Promise.resolve()
    .then(() => parseNotebook(bytes))
    .catch(asUnreadable);
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
    await gradebook.release(key);
    return {
      result: {...graded(sheet, notebook, answers, judgement), status: 'not graded', reason, points: 0},
      log: judgement.log,
      reused: false,
      ours: true,
    };
  } catch (error) {
    if (!(error instanceof SandboxFailed)) throw error;
    await gradebook.release(key);
    return {result: notGraded(sheet, error.message), log: '', reused: false, ours: true};
  }
}

interface Sheet {
  readonly file: SubmissionFile;
  readonly started: Date;
  readonly clock: number;
  readonly context: GradingContext;
  readonly warnings: readonly string[];
  readonly hash: string;
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

function result({file, started, clock, context, warnings, hash, seed}: Sheet): SubmissionResult {
  const {lesson} = context;
  return {
    schema: 1,
    learner: file.learner,
    file: file.file,
    lesson: lesson.lesson.slug,
    lessonVersion: lesson.version,
    graderVersion: context.graderVersion,
    contentHash: hash,
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

function asUnreadable(error: unknown): UnreadableNotebook {
  if (error instanceof UnreadableNotebook) return error;
  throw error;
}
