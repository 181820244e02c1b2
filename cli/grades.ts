import {type Command, InvalidArgumentError, Option} from 'commander';
import {resolve} from 'node:path';
import type {Grade, GradeStatus, KeptAssignment} from '../grader/gradebook/grades.ts';
import type {ChangeRow} from '../grader/gradebook/schema.ts';
import {textTable} from '../quant/report/table.ts';
import {noteOf} from './grade-table.ts';
import {counted} from '../grader/reports/numbers.ts';
import {clean} from './grading-words.ts';
import {localTime} from './local-time.ts';
import {chooseAssignments, resultsOption} from './kept-assignments.ts';
import {print} from './print.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly learner?: readonly string[];
  readonly status?: GradeStatus;
  readonly below?: number;
  readonly late?: true;
  readonly json?: true;
  readonly history?: true;
}

/** `snapgrid grades`: what the gradebook says, as a table or JSON. */
export function addGradesCommand(program: Command): void {
  program
    .command('grades')
    .description('show the grades of a folder of results, after lateness and decisions')
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'of one lesson only: its number or folder')
    .option('--learner <id...>', 'of these learners only')
    .addOption(
      new Option('--status <status>', 'of this status only').choices([
        'graded',
        'not graded',
        'infrastructure',
        'queued',
        'running',
        'missing',
      ]),
    )
    .option('--below <points>', 'with a score below this only', points)
    .option('--late', 'late ones only')
    .option('--json', 'print JSON: every field, tasks included; with --history every decision')
    .option('--history', 'print the trail of what was decided, by whom and why; with --learner of these alone')
    .action(async ({results, lesson, ...flags}: Flags) => {
      const {withGradebook} = await import('../grader/gradebook/reading.ts');
      const {eachGrade} = await import('../grader/gradebook/grades.ts');
      const {gradeJson} = await import('../grader/reports/profiles.ts');
      await withGradebook(resolve(results), async gradebook => {
        const chosen = await chooseAssignments(gradebook, lesson);
        const {json, history} = flags;
        const trail = async (kept: KeptAssignment): Promise<ChangeRow[]> =>
          (await gradebook.changes(kept.slug)).filter(({learner}) => !flags.learner || flags.learner.includes(learner));
        let count = 0;
        const printJson = (value: object): Promise<void> =>
          print(`${count++ ? ',' : ''}\n  ${JSON.stringify(value, undefined, 2).replaceAll('\n', '\n  ')}`);
        if (json) await print('[');
        for (const kept of chosen) {
          if (history && json) for (const change of await trail(kept)) await printJson(changeJson(change));
          else if (history) printHistory(kept, await trail(kept));
          else if (json) {
            for await (const grade of eachGrade(gradebook, kept)) if (isWanted(grade, flags)) await printJson(gradeJson(grade));
          } else await printGrades(kept, eachGrade(gradebook, kept), flags);
        }
        if (json) await print(count ? '\n]\n' : ']\n');
      });
    });
}

function isWanted(
  {learner, status, score, lateness}: Grade,
  {learner: learners, status: wanted, below, late}: Omit<Flags, 'results'>,
): boolean {
  return (
    (!learners || learners.includes(learner)) &&
    (wanted === undefined || status === wanted) &&
    (below === undefined || (score !== undefined && score < below)) &&
    (!late || lateness.daysLate > 0)
  );
}

/** Of a class of any size, only the lines that are printed are held: a column is as wide as its widest. */
async function printGrades(kept: KeptAssignment, grades: AsyncIterable<Grade>, flags: Omit<Flags, 'results'>): Promise<void> {
  console.log(
    `${kept.title} (${kept.slug}, version ${kept.countedVersion})${kept.due === undefined ? '' : `, due ${localTime(kept.due, kept.timezone)} (${kept.timezone})`}`,
  );
  const rows: string[][] = [];
  let scores = 0;
  let sum = 0;
  for await (const grade of grades) {
    if (!isWanted(grade, flags)) continue;
    rows.push(gradeRow(grade, kept.timezone));
    if (grade.score === undefined) continue;
    scores++;
    sum += grade.score;
  }
  if (!rows.length) return console.log('  nobody');
  console.log(textTable(['learner', 'status', 'score', 'of', 'raw', 'days late', 'handed in', 'note'], rows));
  const mean = scores ? `, mean ${(sum / scores).toFixed(2)}` : '';
  console.log(`${counted(rows.length, 'learner')}, ${scores} with a score${mean}, ${rows.length - scores} without`);
}

/** Times are those of the assignment's zone, as its due time is stated. */
function gradeRow(grade: Grade, timezone: string): string[] {
  const {submittedAt, submittedFrom} = grade.attempt ?? {};
  return [
    clean(grade.learner),
    grade.status,
    grade.score === undefined ? '-' : String(grade.score),
    String(grade.max),
    grade.rawScore === undefined ? '-' : String(grade.rawScore),
    String(grade.lateness.daysLate),
    submittedAt === undefined ? '-' : `${localTime(submittedAt, timezone)} (${submittedFrom})`,
    clean(noteOf(grade, timezone)),
  ];
}

function printHistory(kept: KeptAssignment, changes: readonly ChangeRow[]): void {
  console.log(`${kept.title} (${kept.slug})`);
  if (!changes.length) return console.log('  nothing was decided');
  console.log(
    textTable(
      ['#', 'at', 'by', 'learner', 'what', 'value', 'why'],
      changes.map(({sequence, at, author, learner, kind, item, value, reason}) =>
        [String(sequence), at, author, learner, item ? `${kind} of ${item}` : kind, decidedText(value), reason].map(clean),
      ),
    ),
  );
}

const decidedCharacters = 60;

/** A whole manifest would push the reason off the screen. */
function decidedText(value: string | null): string {
  if (value === null) return 'taken back';
  return value.length > decidedCharacters ? `${value.slice(0, decidedCharacters)}… (whole: --json)` : value;
}

/** A decision as JSON has it: its value is no longer a text of JSON. */
function changeJson({value, ...change}: ChangeRow): object {
  return {...change, value: value === null ? null : (JSON.parse(value) as unknown)};
}

function points(text: string): number {
  const number = Number(text);
  if (!text.trim() || !Number.isFinite(number)) throw new InvalidArgumentError('Expected a number of points.');
  return number;
}
