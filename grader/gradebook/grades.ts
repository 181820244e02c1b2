import type {TaskResult} from '../../checking/types.ts';
import {compareText} from '../order.ts';
import {parseResult, type SubmissionResult} from '../results.ts';
import type {WrittenQuestion} from '../../exercises/build/written.ts';
import {type Assignment, plainAssignment} from './assignment.ts';
import type {Gradebook} from './gradebook.ts';
import {inTime, type Lateness, lateness} from './late.ts';
import {type MarkedAnswer, markedAnswers} from './marks.ts';
import type {Student} from './roster.ts';
import type {AssignmentRow, AttemptRow, ChangeRow, MeasuredRow, SubmittedFrom} from './schema.ts';

/** A learner's grade for an assignment, and how it came about. */
export interface Grade {
  readonly lesson: string;
  /** As exports call it. */
  readonly assignment: string;
  readonly learner: string;
  readonly student?: Student;
  readonly status: GradeStatus;
  /** Why there is no score; empty where there is one. */
  readonly reason: string;
  /** What counts, after lateness and what an instructor decided; undefined where there is nothing to score. */
  readonly score: number | undefined;
  /** Full marks; extra credit goes above them. */
  readonly max: number;
  /** Before lateness and what an instructor decided. */
  readonly rawScore: number | undefined;
  readonly lateness: Lateness;
  /** What lateness took, in points. */
  readonly penaltyPoints: number;
  /** ISO 8601; the assignment's, or the learner's own. */
  readonly due: string | undefined;
  /** Of the attempt that counts. */
  readonly attempt?: CountedAttempt;
  /** How many different notebooks were handed in. */
  readonly attempts: number;
  /** The score that an instructor set. */
  readonly override?: Decision;
  readonly extension?: Decision;
  readonly notes: readonly string[];
}

/** `missing`: on the roster, and nothing handed in. */
export type GradeStatus = 'graded' | 'not graded' | 'infrastructure' | 'queued' | 'running' | 'missing';

export interface CountedAttempt {
  readonly file: string;
  readonly contentHash: string;
  readonly submittedAt: string | undefined;
  readonly submittedFrom: SubmittedFrom | undefined;
  readonly lessonVersion?: number;
  readonly tasks: readonly Pick<TaskResult, 'task' | 'title' | 'points' | 'max' | 'verdict'>[];
  /** Of the assignment's written questions. */
  readonly written: readonly MarkedAnswer[];
}

export interface Decision {
  readonly value: number | string;
  readonly author: string;
  readonly at: string;
  readonly reason: string;
}

export interface AssignedTask {
  readonly task: string;
  readonly title: string;
  readonly max: number;
}

/** An assignment as the gradebook keeps it. */
/**
 * The assignment's own written questions count from the start: who is not marked has no score.
 * A lesson's count, for the whole class, once the first answer to them is marked: who marks nothing gets the automatic scores.
 */
export interface AskedQuestion extends WrittenQuestion {
  readonly counts: boolean;
}

export interface KeptAssignment extends Omit<Assignment, 'written'> {
  readonly slug: string;
  readonly title: string;
  readonly countedVersion: number;
  readonly tasks: readonly AssignedTask[];
  readonly students: readonly Student[] | undefined;
  readonly written: readonly AskedQuestion[];
  /** Where its files lie in the folder of results. */
  readonly folder: string;
}

export function keptAssignment({lesson, lesson_version, title, tasks, written, manifest, roster, folder}: AssignmentRow): KeptAssignment {
  const assignment = manifest === null ? {...plainAssignment, lesson} : {...plainAssignment, ...(JSON.parse(manifest) as Assignment)};
  const students = roster === null ? undefined : (JSON.parse(roster) as Student[]);
  const asked = assignment.written ?? (JSON.parse(written ?? '[]') as WrittenQuestion[]);
  return {
    ...assignment,
    slug: lesson,
    title,
    countedVersion: lesson_version,
    tasks: JSON.parse(tasks) as AssignedTask[],
    students,
    folder,
    written: asked.map(question => ({...question, counts: assignment.written !== undefined})),
  };
}

/** A grade, and what was measured of the attempt that counts, without its cells (and checks, where only points were read); undefined where nothing was. */
export interface GradedLearner {
  readonly grade: Grade;
  readonly result: SubmissionResult | undefined;
}

export interface GradesToRead {
  /** Whether what was measured is wanted with its checks, and not only points. */
  readonly checks: boolean;
}

/** As many learners are read at once. */
const readTogether = 20;

/**
 * Every learner's grade, by learner: those of the roster and those who handed something in. A few are read at a time: a class of any size takes
 * the memory of a small one.
 */
export async function* eachGraded(gradebook: Gradebook, assignment: KeptAssignment, {checks}: GradesToRead): AsyncGenerator<GradedLearner> {
  const {slug, countedVersion} = assignment;
  const kept = await withQuestionsThatCount(gradebook, assignment);
  const students = new Map((kept.students ?? []).map(student => [student.id, student]));
  const learners = [...new Set([...(await gradebook.learners(slug)), ...students.keys()])].sort();
  for (let first = 0; first < learners.length; first += readTogether) {
    const some = learners.slice(first, first + readTogether);
    const attempts = perLearner(await gradebook.attempts(slug, some));
    const changes = perLearner(await gradebook.changes(slug, some));
    const rows = perLearner(await gradebook.measured(slug, countedVersion, some, {checks}));
    for (const learner of some) {
      const of = <T>(all: ReadonlyMap<string, T[]>): T[] => all.get(learner) ?? [];
      yield gradedLearner(kept, learner, students.get(learner), of(attempts), of(rows), of(changes));
    }
  }
}

/** The grades alone, one after the other: for what shows or exports them. */
export async function* eachGrade(gradebook: Gradebook, assignment: KeptAssignment): AsyncGenerator<Grade> {
  for await (const {grade} of eachGraded(gradebook, assignment, {checks: false})) yield grade;
}

/** All of the grades at once: for what compares or looks them up. */
export async function gradesOf(gradebook: Gradebook, assignment: KeptAssignment): Promise<Grade[]> {
  const grades: Grade[] = [];
  for await (const grade of eachGrade(gradebook, assignment)) grades.push(grade);
  return grades;
}

/** The assignment, with the lesson's own questions counting once one of their answers is marked. */
export async function withQuestionsThatCount(gradebook: Gradebook, assignment: KeptAssignment): Promise<KeptAssignment> {
  const marked = new Set(await gradebook.markedQuestions(assignment.slug));
  return {...assignment, written: assignment.written.map(asked => ({...asked, counts: asked.counts || marked.has(asked.question)}))};
}

function perLearner<T extends {readonly learner: string}>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.learner);
    if (group) group.push(row);
    else groups.set(row.learner, [row]);
  }
  return groups;
}

/** One learner's grade, from what was handed in, what was measured and what was decided. */
export function gradedLearner(
  kept: KeptAssignment,
  learner: string,
  student: Student | undefined,
  attempts: readonly AttemptRow[],
  submissions: readonly MeasuredRow[],
  changes: readonly ChangeRow[],
): GradedLearner {
  const override = lastDecision(changes, 'score');
  const extension = lastDecision(changes, 'due');
  const due = extension === undefined ? kept.due : String(extension.value);
  const judged = attempts.map(attempt => judgeAttempt(kept, attempt, submissions, due, changes));
  const counted = choose(judged, kept.attempts);
  const status = counted?.status ?? 'missing';
  const score = override === undefined ? counted?.score : Number(override.value);
  const grade: Grade = {
    lesson: kept.slug,
    assignment: kept.name ?? kept.slug,
    learner,
    ...(student === undefined ? {} : {student}),
    status,
    reason: score === undefined ? (counted?.reason ?? 'Nothing was handed in.') : '',
    score,
    max: counted?.max ?? kept.points ?? fullMarks(kept.tasks, kept),
    rawScore: counted?.rawScore,
    lateness: counted?.lateness ?? inTime,
    penaltyPoints: round((counted?.rawScore ?? 0) - (counted?.score ?? 0)),
    due,
    ...(counted === undefined ? {} : {attempt: counted.attempt}),
    attempts: attempts.length,
    ...(override === undefined ? {} : {override}),
    ...(extension === undefined ? {} : {extension}),
    notes: [
      ...(kept.students && !student ? ['not on the roster'] : []),
      ...(counted?.attempt.written.some(({counts}) => !counts) ? ['written answers are not marked, and do not count yet'] : []),
    ],
  };
  return {grade, result: counted?.result};
}

interface Judged {
  readonly attempt: CountedAttempt;
  readonly result: SubmissionResult | undefined;
  readonly status: GradeStatus;
  readonly reason: string;
  readonly rawScore: number | undefined;
  readonly score: number | undefined;
  readonly max: number | undefined;
  readonly lateness: Lateness;
}

function judgeAttempt(
  kept: KeptAssignment,
  row: AttemptRow,
  submissions: readonly MeasuredRow[],
  due: string | undefined,
  changes: readonly ChangeRow[],
): Judged {
  // Where the course's secret was changed there are several; the last one written holds.
  const submission = submissions.filter(({content_hash}) => content_hash === row.content_hash).at(-1);
  const result = submission?.result ? parseResult(submission.result) : undefined;
  const late = row.submitted_at === null || due === undefined ? inTime : lateness(row.submitted_at, due, kept);
  const written = markedAnswers(kept.written, changes, row.content_hash);
  const unmarked = written.filter(({counts, points}) => counts && points === undefined);
  const points = result?.status === 'graded' ? scaled(result, kept, written) : undefined;
  return {
    attempt: {
      file: row.file,
      contentHash: row.content_hash,
      submittedAt: row.submitted_at ?? undefined,
      submittedFrom: row.submitted_from ?? undefined,
      ...(submission === undefined ? {} : {lessonVersion: submission.lesson_version}),
      tasks: (result?.tasks ?? []).map(({task, title, points, max, verdict}) => ({task, title, points, max, verdict})),
      written,
    },
    result,
    status: row.problem ? 'not graded' : (submission?.state ?? 'queued'),
    reason: row.problem || submission?.reason || result?.reason || (result ? unmarkedWords(unmarked) : 'It has not been graded yet.'),
    rawScore: points?.raw,
    score: points && !unmarked.length ? round(Math.max(0, points.raw - late.penalty * points.max)) : undefined,
    max: points?.max,
    lateness: late,
  };
}

function unmarkedWords(unmarked: readonly MarkedAnswer[]): string {
  return unmarked.length ? `Written answers are not marked yet: ${unmarked.map(({title}) => title).join(', ')}.` : '';
}

/** Points as the assignment counts them; what is not marked yet adds nothing. */
function scaled(
  {points, tasks}: SubmissionResult,
  assignment: KeptAssignment,
  written: readonly MarkedAnswer[],
): {raw: number; max: number} {
  const full = fullMarks(tasks, assignment);
  const max = assignment.points ?? full;
  const all = points + written.reduce((sum, answer) => sum + (answer.points ?? 0), 0);
  return {raw: round(full === 0 ? all : (all / full) * max), max: round(max)};
}

/** Those of the tasks that are no extra credit, and of the written questions. */
function fullMarks(tasks: readonly Pick<AssignedTask, 'task' | 'max'>[], {extraCredit, written}: KeptAssignment): number {
  const measured = tasks.filter(({task}) => !extraCredit.includes(task)).reduce((sum, {max}) => sum + max, 0);
  return measured + written.reduce((sum, {counts, points}) => sum + (counts ? points : 0), 0);
}

/** A graded attempt in time never loses to one after the cutoff, nor to one of which nothing is known. */
function choose(judged: readonly Judged[], attempts: Assignment['attempts']): Judged | undefined {
  const accepted = judged.filter(({lateness}) => !lateness.afterCutoff);
  const candidates = (accepted.length ? accepted : judged).toSorted(
    (a, b) => compareText(a.attempt.submittedAt ?? '', b.attempt.submittedAt ?? '') || compareText(a.attempt.file, b.attempt.file),
  );
  if (attempts === 'last') return candidates.at(-1);
  return candidates.reduce<Judged | undefined>((best, next) => ((next.score ?? -1) >= (best?.score ?? -1) ? next : best), undefined);
}

function lastDecision(changes: readonly ChangeRow[], kind: ChangeRow['kind']): Decision | undefined {
  const last = changes.filter(change => change.kind === kind).at(-1);
  if (!last || last.value === null) return undefined;
  return {value: JSON.parse(last.value) as number | string, author: last.author, at: last.at, reason: last.reason};
}

/** Points have no more digits than a reader can use. */
function round(points: number): number {
  return Math.round(points * 1e4) / 1e4;
}
