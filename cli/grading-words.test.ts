import {describe, expect, it} from 'vitest';
import type {GradeSummary} from '../grader/grade.ts';
import type {KeptAssignment} from '../grader/gradebook/grades.ts';
import {sampleAssignment, sampleResult} from '../grader/reports/reports.fixture.ts';
import {assignmentLines, resultTable, summaryLines} from './grading-words.ts';

function summary(change: Partial<KeptAssignment>, learners: readonly string[] = ['ada', 'ben']): GradeSummary {
  return {
    learners,
    graded: learners.length,
    fullMarks: 0,
    notGraded: 0,
    firstNotGraded: [],
    submittedFrom: new Map([['file time', learners.length]]),
    assignment: sampleAssignment(change),
    left: 0,
    faults: 0,
  };
}

describe('what is said of an assignment after grading', () => {
  it('is nothing where there is none', () => {
    expect(assignmentLines(summary({}))).toEqual([]);
  });

  it('is when it was due, by the clocks of its time zone', () => {
    expect(assignmentLines(summary({due: '2026-11-14T22:59:00.000Z', timezone: 'Europe/Berlin'}))).toEqual([
      "Due 2026-11-14 23:59 (Europe/Berlin); handed in as of: 2 by the file's own time",
    ]);
  });

  it('is who of the roster is missing, and who is not on it', () => {
    const students = ['ada', 'zed'].map(id => ({id, firstName: '', lastName: '', email: '', columns: {}}));
    const strangers = Array.from({length: 12}, (_, i) => `l${i}`);
    expect(assignmentLines(summary({students}, ['ada', ...strangers]))).toEqual([
      '1 of the roster handed in nothing',
      '12 not on the roster: l0, l1, l2, l3, l4, l5, l6, l7, l8, l9 and 2 more',
    ]);
  });

  it.each([
    [true, 'no score until they are marked'],
    [false, 'they count from the first mark on'],
  ])('is what is to be marked, and by which command (its own questions: %s)', (counts, words) => {
    const written = [{question: 'why', title: 'Why?', points: 4, rubric: [], counts}];
    expect(summaryLines(summary({written}), `${process.cwd()}/my results`).at(-1)).toBe(
      `Answers in words: 1 question, ${words}: npx snapgrid marks export --results 'my results'`,
    );
    expect(summaryLines(summary({written, folder: 'lessons/04-int8-from-scratch'}), 'results').at(-1)).toMatch(
      /marks export --lesson 04-int8-from-scratch$/,
    );
  });
});

it('a table of a notebook shows no signs of its name that move the cursor or turn the line', () => {
  const table = resultTable(sampleResult({learner: 'a\u001b[2J\u202eb\r\u0000c', status: 'not graded', reason: '\u2066x\u001b[31m'}));
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
  expect(table).toMatch(/^a \[2J b c · /);
});
