import {type Command, InvalidArgumentError, Option} from 'commander';
import {resolve} from 'node:path';
import type {Grade, GradeStatus, KeptAssignment} from '../grader/gradebook/grades.ts';
import type {ChangeRow} from '../grader/gradebook/schema.ts';
import {textTable} from '../quant/report/table.ts';
import {noteOf} from './grade-table.ts';
import {counted} from '../grader/reports/numbers.ts';
import {clean} from './grading-words.ts';
import {chooseAssignments, resultsOption} from './kept-assignments.ts';

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
    .option('--json', 'print JSON: every field, tasks included')
    .option('--history', 'print the trail of what was decided, by whom and why')
    .action(async ({results, lesson, ...flags}: Flags) => {
      const {withGradebook} = await import('../grader/gradebook/reading.ts');
      const {gradesOf} = await import('../grader/gradebook/grades.ts');
      const {gradeJson} = await import('../grader/reports/profiles.ts');
      await withGradebook(resolve(results), async gradebook => {
        const json: object[] = [];
        for (const kept of await chooseAssignments(gradebook, lesson)) {
          if (flags.history) {
            printHistory(kept, await gradebook.changes(kept.slug));
            continue;
          }
          const grades = (await gradesOf(gradebook, kept)).filter(grade => isWanted(grade, flags));
          if (flags.json) json.push(...grades.map(gradeJson));
          else printGrades(kept, grades);
        }
        if (flags.json) console.log(JSON.stringify(json, undefined, 2));
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

function printGrades(kept: KeptAssignment, grades: readonly Grade[]): void {
  console.log(`${kept.title} (${kept.slug}, version ${kept.countedVersion})${kept.due === undefined ? '' : `, due ${kept.due}`}`);
  if (!grades.length) return console.log('  nobody');
  console.log(
    textTable(
      ['learner', 'status', 'score', 'of', 'raw', 'days late', 'handed in', 'note'],
      grades.map(grade => [
        clean(grade.learner),
        grade.status,
        grade.score === undefined ? '-' : String(grade.score),
        String(grade.max),
        grade.rawScore === undefined ? '-' : String(grade.rawScore),
        String(grade.lateness.daysLate),
        grade.attempt?.submittedAt === undefined
          ? '-'
          : `${grade.attempt.submittedAt.slice(0, 16).replace('T', ' ')} (${grade.attempt.submittedFrom})`,
        clean(noteOf(grade)),
      ]),
    ),
  );
  const scores = grades.flatMap(({score}) => score ?? []);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  console.log(
    `${counted(grades.length, 'learner')}, ${scores.length} with a score${scores.length ? `, mean ${mean.toFixed(2)}` : ''}, ${grades.length - scores.length} without`,
  );
}

function printHistory(kept: KeptAssignment, changes: readonly ChangeRow[]): void {
  console.log(`${kept.title} (${kept.slug})`);
  if (!changes.length) return console.log('  nothing was decided');
  console.log(
    textTable(
      ['#', 'at', 'by', 'learner', 'what', 'value', 'why'],
      changes.map(({sequence, at, author, learner, kind, item, value, reason}) =>
        [String(sequence), at, author, learner, item ? `${kind} of ${item}` : kind, value ?? 'taken back', reason].map(clean),
      ),
    ),
  );
}

function points(text: string): number {
  const number = Number(text);
  if (!text.trim() || !Number.isFinite(number)) throw new InvalidArgumentError('Expected a number of points.');
  return number;
}
