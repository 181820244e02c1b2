import type {CheckResult, Comparison, TaskResult, Verdict} from '../../checking/types.ts';
import {plainAssignment} from '../gradebook/assignment.ts';
import {type GradedLearner, gradedLearner, type KeptAssignment} from '../gradebook/grades.ts';
import type {SubmissionRow} from '../gradebook/schema.ts';
import type {SubmissionResult} from '../results.ts';
import {ClassFigures, classPage, gradesCsv} from './index.ts';

/** Results as the grader writes them, for the tests of reports. */
export function sampleResult(change: Partial<SubmissionResult> = {}): SubmissionResult {
  const tasks = change.tasks ?? [
    sampleTask('quantizeInt8', 'Quantize to int8', [
      measuredCheck('codes are the nearest grid points', 1, 0, '==', 0, 'codes'),
      measuredCheck('the scale is the largest absolute value over 127', 1, 0.000_000_02, '<=', 0.000_001, '× scale'),
    ]),
    sampleTask('dequantize', 'Back to floats', [measuredCheck('no value is further than half a step', 1, 0.4986, '<=', 0.5, '× scale')]),
    sampleTask('relativeOutputError', 'The error of a layer', [
      measuredCheck(
        'agrees with the reference',
        1,
        0.31,
        '<=',
        0.01,
        '× error',
        'The error is divided by the number of elements twice: is the mean taken before the norm?',
      ),
      {
        name: 'holds for normal weights',
        points: 0,
        max: 1,
        verdict: 'failed',
        message: 'Expected a number, got a tensor of shape [512]; return the mean over all outputs.',
      },
    ]),
  ];
  return {
    schema: 1,
    learner: 'ada',
    file: 'ada/04-int8-from-scratch.ipynb',
    lesson: '04-int8-from-scratch',
    lessonVersion: 1,
    graderVersion: '0.1.0',
    contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    seedId: '3fa8c2d1',
    backend: 'cpu',
    isolation: 'bubblewrap',
    status: 'graded',
    reason: '',
    started: '2026-11-20T22:30:00.000Z',
    seconds: 0.412,
    points: tasks.reduce((sum, task) => sum + task.points, 0),
    max: tasks.reduce((sum, task) => sum + task.max, 0),
    tasks,
    cells: [],
    warnings: [],
    ...change,
  };
}

/** A task with the verdict of its first check that did not pass. */
export function sampleTask(task: string, title: string, checks: readonly CheckResult[]): TaskResult {
  const sum = (of: 'points' | 'max'): number => checks.reduce((total, check) => total + check[of], 0);
  return {
    task,
    title,
    points: sum('points'),
    max: sum('max'),
    verdict: checks.find(check => check.verdict !== 'passed')?.verdict ?? 'passed',
    checks,
  };
}

export function measuredCheck(
  name: string,
  max: number,
  measured: number,
  comparison: Comparison,
  threshold: number,
  unit: string,
  message = '',
): CheckResult {
  const margin =
    comparison === '==' ? -Math.abs(measured - threshold) : comparison.startsWith('<') ? threshold - measured : measured - threshold;
  const passed = margin > 0 || (margin === 0 && comparison.includes('='));
  return {
    name,
    points: passed ? max : 0,
    max,
    verdict: passed ? 'passed' : 'failed',
    measurement: {measured, comparison, threshold, margin: margin + 0, unit},
    message: passed ? '' : message,
  };
}

/** A check whose code was lost before there was a number. */
export function lostCheck(name: string, max: number, verdict: Verdict, message: string): CheckResult {
  return {name, points: 0, max, verdict, message};
}

/** A lesson as the gradebook keeps it where nothing was decided about it. */
export function sampleAssignment(change: Partial<KeptAssignment> = {}): KeptAssignment {
  return {
    ...plainAssignment,
    lesson: '04',
    slug: '04-int8-from-scratch',
    title: 'int8',
    countedVersion: 1,
    tasks: [],
    written: [],
    students: undefined,
    folder: '',
    ...change,
  };
}

/** Learners as the gradebook gives them, each with the one result that is given, where nothing but measuring was done. */
export function gradedLearners(results: readonly SubmissionResult[], change: Partial<KeptAssignment> = {}): GradedLearner[] {
  return results.map(result => {
    const {learner, lesson, file, contentHash, seedId} = result;
    const kept = sampleAssignment({lesson, slug: lesson, title: lesson, ...change});
    const time = {submitted_at: '2026-12-01T12:00:00.000Z', submitted_from: 'file time'} as const;
    const key = {lesson, lesson_version: 1, learner, content_hash: contentHash, seed_id: seedId};
    const row: SubmissionRow = {
      ...key,
      file,
      state: result.status,
      attempts: 1,
      result: JSON.stringify(result),
      cells: null,
      log: null,
      reason: null,
    };
    return gradedLearner(kept, learner, undefined, [{lesson, learner, content_hash: contentHash, file, problem: '', ...time}], [row], []);
  });
}

/** The class's page of these results, in any order. */
export async function classText(
  results: readonly SubmissionResult[],
  lesson: {readonly title: string; readonly slug: string},
  change: Partial<KeptAssignment> = {},
): Promise<string> {
  const learners = gradedLearners(results, change);
  const figures = new ClassFigures();
  for (const {result} of learners) figures.add(result);
  return textOf(classPage(() => learners, figures, lesson, {feedbackPath: learner => `${learner}/feedback.html`}));
}

/** `grades.csv` of these results. */
export async function csvOf(results: readonly SubmissionResult[]): Promise<string> {
  const tasks = new Set(results.flatMap(result => result.tasks.map(({task}) => task)));
  return textOf(
    gradesCsv(
      gradedLearners(results).map(({grade}) => grade),
      [...tasks],
      true,
    ),
  );
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
