import type {CountedAttempt, Grade} from '../gradebook/grades.ts';

export type Field = string | number | undefined;

/** CSV as of RFC 4180; text that a spreadsheet would take for a formula is made text. */
export function csvText(rows: readonly (readonly Field[])[]): string {
  return rows.map(row => `${row.map(field).join(',')}\r\n`).join('');
}

/**
 * `grades.csv`, line by line: one row per learner, one column per task. What has no score has its reason. The same grades give the same bytes.
 * `measured`: only what was measured, where there is nothing else; else with lateness, decisions and those of the roster who handed nothing in.
 */
export async function* gradesCsv(
  grades: AsyncIterable<Grade> | Iterable<Grade>,
  tasks: readonly string[],
  measured: boolean,
): AsyncGenerator<string> {
  const sorted = [...tasks].sort();
  const more = ['raw score', 'submitted', 'submitted from', 'days late', 'late penalty', 'override'];
  yield csvText([['learner', 'file', 'lesson', 'status', 'reason', 'score', 'max', ...(measured ? [] : more), ...sorted]]);
  for await (const grade of grades) {
    const {attempt, override} = grade;
    const counts = [
      grade.rawScore,
      attempt?.submittedAt,
      attempt?.submittedFrom,
      grade.lateness.daysLate,
      grade.penaltyPoints,
      override && `${override.author}: ${override.reason}`,
    ];
    yield csvText([
      [
        grade.learner,
        attempt?.file ?? '',
        grade.lesson,
        grade.status,
        grade.reason,
        grade.score,
        measured && grade.score === undefined ? undefined : grade.max,
        ...(measured ? [] : counts),
        ...taskPoints(sorted, attempt?.tasks ?? []),
      ],
    ]);
  }
}

function taskPoints(names: readonly string[], tasks: CountedAttempt['tasks']): Field[] {
  return names.map(name => tasks.find(({task, verdict}) => task === name && verdict !== 'infrastructure')?.points);
}

/** An apostrophe before a formula: spreadsheets read it as "this is text". A dash alone is none: Moodle's way to say "nothing". */
function asText(text: string): string {
  return text === '-' ? text : text.replace(formulaStart, "'");
}

/** The text that a cell was made of: the apostrophes are not its own. */
export function fromCell(cell: string): string {
  return cell.replace(/(?<=(?:^|[;\t\r\n])"*)'(?=[=+\-@＝＋－＠])|^'(?=[\t\r\n])/g, '');
}

/**
 * Where a formula would begin: at the cell's first sign, and behind what another program may take for the end of a cell. One that splits at semicolons or
 * tabs does not see quotes that begin in mid-line. Source: OWASP, CSV Injection.
 */
const formulaStart = /(?=[=+\-@＝＋－＠])(?<=(?:^|[;\t\r\n])"*)|^(?=[\t\r\n])/g;

function field(value: Field): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = asText(value);
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
