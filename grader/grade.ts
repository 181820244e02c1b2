import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {type AssignmentToKeep, keepAssignment} from './assignment.ts';
import {gradeBatch, type QueuedSubmission} from './batch.ts';
import {Gradebook, gradebookFile, type SubmissionKey} from './gradebook/gradebook.ts';
import type {GradedLearner, KeptAssignment} from './gradebook/grades.ts';
import {lockFolder} from './gradebook/lock.ts';
import {markedAnswers} from './gradebook/marks.ts';
import type {SubmittedFrom} from './gradebook/schema.ts';
import {type GradingContext, gradingKey} from './grade-submission.ts';
import type {GradedLesson} from './lesson.ts';
import {byLearner, compareText} from './order.ts';
import type {Isolation, SubmissionResult} from './results.ts';
import {scoreNow} from './reports/lateness.ts';
import {assignmentFolder, writeClass, writeGraded, writeSubmission} from './results-folder.ts';
import {requireSandbox, sandboxPlan} from './sandbox/plan.ts';
import {SandboxPool} from './sandbox/pool.ts';
import type {SlowStart} from './sandbox/slow-start.ts';
import {attemptsAt} from './submission/attempts.ts';
import {collectSubmissions, type SubmissionFile} from './submission/collect.ts';
import {widthFor} from './width.ts';
import {takeIn} from './submission/intake.ts';
import {type SubmittedAt, submittedAt} from './submission/submitted-at.ts';

export interface GradeOptions {
  /** A notebook, or a folder of submissions. */
  readonly from: string;
  /** What is in it, where somebody else knows who handed it in and when. */
  readonly handedIn?: readonly HandedIn[];
  /** The folder of results. */
  readonly to: string;
  readonly lesson: GradedLesson;
  /** How the lesson is graded in this course; what the gradebook keeps from before, where not given. */
  readonly assignment?: AssignmentToKeep;
  readonly isolation: Isolation;
  readonly secret: string;
  readonly graderVersion: string;
  /** The project's root. */
  readonly root: string;
  /** How many submissions are graded at once; see `widthFor` where not given. */
  readonly width?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Told once, before the first is graded, where sandboxes start more slowly than they could. */
  readonly onSlowStart?: (slow: SlowStart) => void;
  /** Once aborted, what runs is finished and nothing new is started. */
  readonly signal?: AbortSignal;
}

export interface HandedIn {
  readonly file: SubmissionFile;
  readonly submitted: SubmittedAt;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** The one that was just finished. */
  readonly result: SubmissionResult;
  /** It had been graded by an earlier run. */
  readonly reused: boolean;
}

export interface GradeSummary {
  /** Who handed something in this time, by name. */
  readonly learners: readonly string[];
  /** Of these, how many were graded, and how many of them have full points. */
  readonly graded: number;
  readonly fullMarks: number;
  readonly notGraded: number;
  /** The first of these, with the reason of each. */
  readonly firstNotGraded: readonly NotGraded[];
  /** What said when submissions were handed in, and of how many. */
  readonly submittedFrom: ReadonlyMap<SubmittedFrom, number>;
  readonly assignment: KeptAssignment;
  /** Submissions that an interruption left ungraded; start again to grade them. */
  readonly left: number;
  /** Submissions that were not graded through a fault of ours; start again to retry them. */
  readonly faults: number;
}

export interface NotGraded {
  readonly learner: string;
  readonly reason: string;
}

/** Grades a class: every submission once, whatever happens in between. Never fails for what a submission holds. */
export async function grade(options: GradeOptions): Promise<GradeSummary> {
  const {lesson, to, signal} = options;
  const {slug} = lesson.lesson;
  const handedIn = options.handedIn ?? (await timed(await collectSubmissions(options.from, options.assignment?.assignment.name, slug)));
  const files = await attemptsAt(slug, handedIn);
  if (!files.length)
    throw new Error(
      `Expected notebooks (.ipynb) or zip archives in ${options.from}, found none; see snapgrid grade --help for how a folder is laid out`,
    );
  const width = Math.min(options.width ?? widthFor(lesson.memoryMiB), files.length);
  const plan = await sandboxPlan(options);
  await requireSandbox(plan);
  await mkdir(to, {recursive: true}).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected to make the folder ${to} for results, got ${cause.code}; choose another with --to`, {cause});
  });
  return withResultsFolder(to, async gradebook => {
    const assignment = await keepAssignment(gradebook, lesson, options.assignment);
    const {queue, submittedFrom} = await takeInAll(files, assignment, gradebook, options);
    const pool = new SandboxPool(plan, width, queue.length);
    try {
      const several = learnersWithSeveral(queue);
      const files = assignmentFolder(to, assignment);
      const unread = new Map<string, SubmissionResult>();
      const context: GradingContext = {...options, source: pool, gradebook};
      const batch = await gradeBatch(queue, context, {
        width,
        ...(signal === undefined ? {} : {signal}),
        onGraded: async ({result, log, reused}, done) => {
          const unmarked = markedAnswers(assignment.written, [], result.contentHash);
          // Which attempt of several counts is known in the end.
          if (!several.has(result.learner)) await writeSubmission(files, result, lesson.title, log, unmarked);
          else if (result.status !== 'graded') unread.set(result.learner, result);
          options.onProgress?.({done, total: queue.length, result, reused});
        },
      });
      const summary = new Summary(queue.map(({submission}) => submission.learner));
      await writeClass(to, gradebook, assignment, async graded => {
        const {learner} = graded.grade;
        if (!summary.add(graded)) return;
        if (graded.result ? several.has(learner) || addsToResult(graded) : false) await writeGraded(to, gradebook, assignment, graded);
        else if (!graded.result && unread.has(learner)) await writeSubmission(files, unread.get(learner)!, lesson.title, '');
      });
      return {...summary.said, submittedFrom, assignment, ...batch};
    } finally {
      await pool.close();
    }
  });
}

const firstReasons = 20;

/** Counts those who handed something in this time. */
class Summary {
  readonly said: {learners: string[]; graded: number; fullMarks: number; notGraded: number; firstNotGraded: NotGraded[]};
  private readonly these: ReadonlySet<string>;

  constructor(learners: readonly string[]) {
    this.these = new Set(learners);
    this.said = {learners: [...this.these], graded: 0, fullMarks: 0, notGraded: 0, firstNotGraded: []};
  }

  /** Whether the learner is one of them. */
  add({grade: {learner, status, reason}, result}: GradedLearner): boolean {
    if (!this.these.has(learner)) return false;
    if (result?.status === 'graded') {
      this.said.graded++;
      if (result.points === result.max) this.said.fullMarks++;
    } else if (status !== 'queued' && status !== 'running') {
      this.said.notGraded++;
      if (this.said.firstNotGraded.length < firstReasons) this.said.firstNotGraded.push({learner, reason: result?.reason || reason});
    }
    return true;
  }
}

/** Whether the grade says more than the result alone: lateness, a decision, other points, a mark. */
function addsToResult({grade, result}: GradedLearner): boolean {
  const {lateness, override, attempt} = grade;
  const otherPoints = result !== undefined && scoreNow(grade, result) !== undefined;
  return (
    lateness.daysLate > 0 || override !== undefined || otherPoints || (attempt?.written.some(({points}) => points !== undefined) ?? false)
  );
}

/** Runs `use` with the folder's gradebook, while no other grading writes there. */
export async function withResultsFolder<T>(folder: string, use: (gradebook: Gradebook) => Promise<T>): Promise<T> {
  const unlock = lockFolder(folder);
  try {
    const gradebook = await Gradebook.open(join(folder, gradebookFile));
    try {
      return await use(gradebook);
    } finally {
      await gradebook.close();
    }
  } finally {
    unlock();
  }
}

async function timed(files: readonly SubmissionFile[]): Promise<HandedIn[]> {
  const handedIn: HandedIn[] = [];
  for (const file of files) handedIn.push({file, submitted: await submittedAt(file.path, file.timestamp)});
  return handedIn;
}

/** Reads every file into the gradebook, and queues what is to be graded: all of a learner's attempts where the best may count, else the last one. */
async function takeInAll(
  files: readonly HandedIn[],
  assignment: KeptAssignment,
  gradebook: Gradebook,
  context: Pick<GradingContext, 'lesson' | 'secret'>,
): Promise<{queue: QueuedSubmission[]; submittedFrom: Map<SubmittedFrom, number>}> {
  const inTime = files.toSorted((a, b) => compareText(a.submitted.at ?? '', b.submitted.at ?? '') || byLearner(a.file, b.file));
  const last = new Map(inTime.map(({file}) => [file.learner, file]));
  const all = assignment.attempts === 'best' || assignment.late?.cutoffMinutes !== undefined;
  const submittedFrom = new Map<SubmittedFrom, number>();
  const filesOf = new Map<string, string[]>();
  for (const {file} of files) filesOf.set(file.learner, [...(filesOf.get(file.learner) ?? []), file.file]);
  const queue: QueuedSubmission[] = [];
  const keyOf = (learner: string, hash: string): SubmissionKey => gradingKey(learner, hash, context);
  for (const {file, submitted} of files.toSorted((a, b) => byLearner(a.file, b.file))) {
    const wanted = all || last.get(file.learner) === file;
    const submission = await takeIn(file, submitted, assignment.slug, gradebook, wanted ? keyOf : undefined);
    if (submitted.from) submittedFrom.set(submitted.from, (submittedFrom.get(submitted.from) ?? 0) + 1);
    if (!wanted) continue;
    const others = all ? [] : filesOf.get(file.learner)!.filter(other => other !== file.file);
    const notGraded = others.map(other => `${other} is an earlier file of this learner and was not graded.`);
    queue.push({submission, warnings: [...notGraded, ...submitted.warnings]});
  }
  return {queue, submittedFrom};
}

function learnersWithSeveral(queue: readonly QueuedSubmission[]): Set<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const {submission} of queue) (seen.has(submission.learner) ? several : seen).add(submission.learner);
  return several;
}
