import {join, relative} from 'node:path';
import {sharedMessage} from '../checking/report.ts';
import type {GradeSummary} from '../grader/grade.ts';
import {counted} from '../grader/reports/numbers.ts';
import type {SubmittedFrom} from '../grader/gradebook/schema.ts';
import type {SubmissionResult} from '../grader/results.ts';
import {type SlowStart, slowStartWords} from '../grader/sandbox/slow-start.ts';
import {sameGrades} from './kept-assignments.ts';
import {localTime} from './local-time.ts';

/** A submission's tasks and checks as a table for the terminal. */
export function resultTable(result: SubmissionResult): string {
  const head = `${clean(result.learner)} · ${result.lesson}`;
  if (result.status === 'not graded') return `${head}\n  not graded: ${clean(result.reason)}`;
  const tasks = result.tasks.flatMap(task => {
    const shared = sharedMessage(task);
    return [
      `  ${row(task.points, task.max, task.verdict)}${task.task}${shared && `: ${clean(shared)}`}`,
      ...task.checks.map(check => `    ${row(check.points, check.max, check.verdict)}${check.name}${detail(check, shared)}`),
    ];
  });
  const warnings = result.warnings.map(warning => `  note: ${clean(warning)}`);
  const walls = result.isolation === 'process' ? ['  note: graded without a sandbox (--isolation process)'] : [];
  return [head, ...tasks, `  ${result.points} of ${result.max} points in ${result.seconds.toFixed(1)} s`, ...warnings, ...walls].join('\n');
}

/** What a class got, and where the files are. */
export function summaryLines({graded, fullMarks, notGraded, firstNotGraded, assignment}: GradeSummary, to: string): string[] {
  const files = join(to, assignment.folder);
  return [
    `${graded} graded (${fullMarks} with full points), ${notGraded} not graded${notGraded ? ':' : ''}`,
    ...firstNotGraded.map(({learner, reason}) => `  ${clean(learner)}: ${clean(reason)}`),
    ...(notGraded > firstNotGraded.length ? [`  … and ${notGraded - firstNotGraded.length} more`] : []),
    `Class: ${join(files, 'class.html')}`,
    `Grades: ${join(files, 'grades.csv')}`,
    ...toMark(assignment, to),
  ];
}

/** Nobody has to mark the lesson's own questions; the assignment's hold back every score. */
function toMark({written, slug, folder}: GradeSummary['assignment'], to: string): string[] {
  if (!written.length) return [];
  const count = written.some(({counts}) => counts) ? 'no score until they are marked' : 'they count from the first mark on';
  return [
    `Answers in words: ${counted(written.length, 'question')}, ${count}: npx snapgrid marks export${sameGrades({results: relative('', to), lesson: folder ? slug : undefined})}`,
  ];
}

/** Said once, on stderr: it changes no score. */
export function onSlowStart(slow: SlowStart): void {
  process.stderr.write(`${slowStartWords(slow)}\n`);
}

/** Who handed nothing in, and what lateness was counted from, where something is due. */
export function assignmentLines({assignment, submittedFrom, learners}: GradeSummary): string[] {
  const {due, timezone, students} = assignment;
  const handedIn = new Set(learners);
  const absent = (students ?? []).filter(({id}) => !handedIn.has(id)).length;
  const known = new Set((students ?? learners.map(id => ({id}))).map(({id}) => id));
  const strangers = learners.filter(learner => !known.has(learner));
  const sources = [...submittedFrom].map(([from, count]) => `${count} by ${timeSources[from]}`);
  return [
    ...(absent ? [`${absent} of the roster handed in nothing`] : []),
    ...(strangers.length ? [`${strangers.length} not on the roster: ${clean(firstOf(strangers))}`] : []),
    ...(due === undefined ? [] : [`Due ${localTime(due, timezone)} (${timezone}); handed in as of: ${sources.join(', ')}`]),
  ];
}

const timeSources: Record<SubmittedFrom, string> = {
  gradescope: "Gradescope's metadata",
  'timestamp.txt': "nbgrader's timestamp.txt",
  'file time': "the file's own time",
};

/** The first few names. */
export function firstOf(learners: readonly string[]): string {
  const shown = learners.slice(0, 10).join(', ');
  return learners.length > 10 ? `${shown} and ${learners.length - 10} more` : shown;
}

type Check = SubmissionResult['tasks'][number]['checks'][number];

function detail({measurement, message}: Check, shared: string): string {
  const numbers = measurement
    ? ` (${compact(measurement.measured)} ${measurement.comparison} ${compact(measurement.threshold)} ${measurement.unit})`
    : '';
  return message && message !== shared ? `${numbers}: ${clean(message)}` : numbers;
}

function row(points: number, max: number, verdict: string): string {
  return `${`${points}/${max}`.padStart(6)}  ${verdict.padEnd(15)}`;
}

function compact(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A learner's words must not move the instructor's cursor, nor turn the direction of a line. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]+/g, ' ');
}
