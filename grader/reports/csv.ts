import type {SubmissionResult} from '../results.ts';
import {byLearner} from './order.ts';

/** `grades.csv` (RFC 4180): one row per submission, one column per task. The same results give the same bytes; what was not graded has no score and its reason. */
export function gradesCsv(results: readonly SubmissionResult[]): string {
  const sorted = [...results].sort(byLearner);
  const tasks = [...new Set(sorted.flatMap(result => result.tasks.map(task => task.task)))].sort();
  const rows = sorted.map(result => {
    const graded = result.status === 'graded';
    const points = tasks.map(name =>
      graded ? result.tasks.find(task => task.task === name && task.verdict !== 'infrastructure')?.points : undefined,
    );
    return [
      result.learner,
      result.file,
      result.lesson,
      result.status,
      result.reason,
      graded ? result.points : undefined,
      graded ? result.max : undefined,
      ...points,
    ];
  });
  return [['learner', 'file', 'lesson', 'status', 'reason', 'score', 'max', ...tasks], ...rows]
    .map(row => `${row.map(field).join(',')}\r\n`)
    .join('');
}

/** Text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets read as "this is text". */
function field(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
