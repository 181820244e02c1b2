import type {Grade} from '../gradebook/grades.ts';
import {byLearner} from '../order.ts';
import type {SubmissionResult} from '../results.ts';

export type Field = string | number | undefined;

/** CSV as of RFC 4180; text that a spreadsheet would take for a formula is made text. */
export function csvText(rows: readonly (readonly Field[])[]): string {
  return rows.map(row => `${row.map(field).join(',')}\r\n`).join('');
}

/** `grades.csv` of what was measured: one row per submission, one column per task. The same results give the same bytes; what was not graded has no score and its reason. */
export function resultsCsv(results: readonly SubmissionResult[]): string {
  const sorted = [...results].sort(byLearner);
  const tasks = taskNames(sorted);
  const rows = sorted.map(result => {
    const graded = result.status === 'graded';
    return [
      result.learner,
      result.file,
      result.lesson,
      result.status,
      result.reason,
      graded ? result.points : undefined,
      graded ? result.max : undefined,
      ...taskPoints(tasks, graded ? result.tasks : []),
    ];
  });
  return csvText([['learner', 'file', 'lesson', 'status', 'reason', 'score', 'max', ...tasks], ...rows]);
}

/** `grades.csv` of an assignment: what counts, with lateness, decisions and those of the roster who handed nothing in. */
export function gradesCsv(grades: readonly Grade[]): string {
  const tasks = taskNames(grades.map(({attempt}) => attempt ?? {tasks: []}));
  const rows = grades.map(grade => [
    grade.learner,
    grade.attempt?.file ?? '',
    grade.lesson,
    grade.status,
    grade.reason,
    grade.score,
    grade.max,
    grade.rawScore,
    grade.attempt?.submittedAt,
    grade.attempt?.submittedFrom,
    grade.lateness.daysLate,
    grade.penaltyPoints,
    grade.override && `${grade.override.author}: ${grade.override.reason}`,
    ...taskPoints(tasks, grade.attempt?.tasks ?? []),
  ]);
  const head = ['learner', 'file', 'lesson', 'status', 'reason', 'score', 'max', 'raw score', 'submitted', 'submitted from'];
  return csvText([[...head, 'days late', 'late penalty', 'override', ...tasks], ...rows]);
}

type Task = SubmissionResult['tasks'][number];

function taskNames(of: readonly {readonly tasks: readonly Pick<Task, 'task'>[]}[]): string[] {
  return [...new Set(of.flatMap(({tasks}) => tasks.map(({task}) => task)))].sort();
}

function taskPoints(names: readonly string[], tasks: readonly Pick<Task, 'task' | 'points' | 'verdict'>[]): Field[] {
  return names.map(name => tasks.find(({task, verdict}) => task === name && verdict !== 'infrastructure')?.points);
}

/** An apostrophe before a formula: spreadsheets read it as "this is text". */
function field(value: Field): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
