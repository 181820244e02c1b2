import {describe, expect, it} from 'vitest';
import {sampleResult, sampleTask} from '../reports/reports.fixture.ts';
import {plainAssignment} from './assignment.ts';
import {type Grade, gradedLearner, type KeptAssignment} from './grades.ts';
import type {AttemptRow, ChangeRow, SubmissionRow} from './schema.ts';

const kept: KeptAssignment = {
  ...plainAssignment,
  lesson: '98-small',
  slug: '98-small',
  title: 'A small lesson',
  countedVersion: 1,
  tasks: [
    {task: 'a', title: 'A', max: 4},
    {task: 'b', title: 'B', max: 2},
  ],
  students: undefined,
  written: [],
  folder: '',
  due: '2026-12-01T00:00:00.000Z',
  late: {perDay: 0.1, graceMinutes: 0, cutoffMinutes: 3 * 24 * 60},
};

interface Handed {
  readonly at: string;
  readonly a: number;
  readonly b?: number;
  readonly broken?: string;
}

/** Attempts `{file: {at, points}}` of one learner, and what was decided. */
function grade(handed: Readonly<Record<string, Handed>>, change: Partial<KeptAssignment> = {}, changes: Partial<ChangeRow>[] = []): Grade {
  const attempts = Object.entries(handed).map(([file, {at, broken}]): AttemptRow => ({
    lesson: kept.slug,
    learner: 'ada',
    content_hash: file,
    file,
    submitted_at: `2026-${at}:00.000Z`,
    submitted_from: 'file time',
    problem: broken ?? '',
  }));
  const check = (points: number, max: number) => ({
    name: '',
    points,
    max,
    verdict: points === max ? ('passed' as const) : ('failed' as const),
    message: '',
  });
  const submissions = Object.entries(handed).map(([file, {a, b = 0}]): SubmissionRow => {
    const result = sampleResult({tasks: [sampleTask('a', 'A', [check(a, 4)]), sampleTask('b', 'B', [check(b, 2)])]});
    const keys = {lesson: kept.slug, lesson_version: 1, learner: 'ada', content_hash: file, seed_id: ''};
    return {...keys, file, state: 'graded', attempts: 0, result: JSON.stringify(result), cells: null, log: null, reason: null};
  });
  const rows = changes.map((row, i): ChangeRow => ({
    sequence: i + 1,
    at: '2026-12-09T00:00:00.000Z',
    author: 'turing',
    lesson: kept.slug,
    learner: 'ada',
    kind: 'score',
    item: '',
    value: null,
    reason: 'asked',
    ...row,
  }));
  return gradedLearner(
    {...kept, ...change},
    'ada',
    undefined,
    attempts,
    submissions.filter(({file}) => !handed[file]!.broken),
    rows,
  ).grade;
}

const score = ({score, max}: Grade): string => `${score} of ${max}`;

describe('a grade', () => {
  it('is what was measured when it was in time', () => {
    expect(score(grade({x: {at: '11-30T12:00', a: 4, b: 1}}))).toBe('5 of 6');
  });

  it('loses its share of full marks per day that has begun, and never more than there is', () => {
    expect(grade({x: {at: '12-02T12:00', a: 4, b: 1}})).toMatchObject({
      score: 3.8,
      rawScore: 5,
      penaltyPoints: 1.2,
      lateness: {daysLate: 2},
    });
    expect(grade({x: {at: '12-02T12:00', a: 1}})).toMatchObject({score: 0, rawScore: 1, penaltyPoints: 1});
  });

  it('is worth the points that the assignment says, to which extra credit adds', () => {
    expect(score(grade({x: {at: '11-30T12:00', a: 2, b: 1}}, {points: 12}))).toBe('6 of 12');
    expect(score(grade({x: {at: '11-30T12:00', a: 4, b: 1}}, {points: 100, extraCredit: ['b']}))).toBe('125 of 100');
  });

  const three = {first: {at: '11-28T12:00', a: 4}, second: {at: '11-29T12:00', a: 1}, third: {at: '12-01T12:00', a: 4, b: 0}};

  it('is of the last attempt, or of the best one after lateness', () => {
    expect(grade(three)).toMatchObject({score: 3.4, attempt: {file: 'third'}, attempts: 3});
    expect(grade(three, {attempts: 'best'})).toMatchObject({score: 4, attempt: {file: 'first'}});
  });

  it('after the cutoff is 0, unless something was handed in before', () => {
    expect(grade({x: {at: '12-09T12:00', a: 4}})).toMatchObject({score: 0, rawScore: 4, lateness: {afterCutoff: true}});
    expect(grade({...three, x: {at: '12-09T12:00', a: 4, b: 2}})).toMatchObject({attempt: {file: 'third'}});
  });

  it('that could not be graded is no 0, and not outdone by a 0', () => {
    const broken = {at: '11-30T12:00', a: 0, broken: 'a zip bomb'};
    expect(grade({x: broken})).toMatchObject({status: 'not graded', score: undefined, reason: 'a zip bomb', max: 6});
    expect(grade({x: broken, y: {at: '11-01T12:00', a: 0}}, {attempts: 'best'})).toMatchObject({status: 'graded', score: 0});
  });

  it('of nothing handed in is missing, not 0', () => {
    expect(grade({})).toMatchObject({status: 'missing', score: undefined, reason: 'Nothing was handed in.', max: 6});
  });

  it('is what was decided last, whatever the clock said, until that is taken back', () => {
    const x = {x: {at: '11-30T12:00', a: 4}};
    const [five, six] = [
      {value: '5', at: '2026-12-09T00:00:00.000Z'},
      {value: '6', at: '2020-01-01T00:00:00.000Z', reason: 'oral exam'},
    ];
    expect(grade(x, {}, [five, six])).toMatchObject({score: 6, rawScore: 4, override: {author: 'turing', reason: 'oral exam'}});
    expect(grade(x, {}, [five, six, {value: null}]).score).toBe(4);
    expect(grade({}, {}, [five])).toMatchObject({status: 'missing', score: 5, reason: ''});
  });

  it('is late only after the learner’s own due time', () => {
    const longer = {kind: 'due', value: '"2026-12-05T00:00:00.000Z"'} as const;
    expect(grade({x: {at: '12-04T12:00', a: 4}}, {}, [longer])).toMatchObject({
      score: 4,
      lateness: {daysLate: 0},
      due: '2026-12-05T00:00:00.000Z',
    });
  });
});
