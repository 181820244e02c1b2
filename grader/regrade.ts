import {join} from 'node:path';
import {assignedTasks} from './assignment.ts';
import {gradeBatch, type QueuedSubmission} from './batch.ts';
import type {Gradebook} from './gradebook/gradebook.ts';
import {type Grade, gradesOf, type KeptAssignment, keptAssignment} from './gradebook/grades.ts';
import {type GradeOptions, type Progress, withResultsFolder} from './grade.ts';
import type {GradingContext} from './grade-submission.ts';
import {csvText, type Field} from './reports/csv.ts';
import {parseResult} from './results.ts';
import {assignmentFolder, replaceFile, writeClass, writeGraded} from './results-folder.ts';
import {requireSandbox, sandboxPlan} from './sandbox/plan.ts';
import {SandboxPool} from './sandbox/pool.ts';
import {widthFor} from './width.ts';

export interface RegradeOptions extends Omit<GradeOptions, 'from' | 'assignment' | 'onProgress'> {
  /** Whether the new scores are to count; else they are only shown. */
  readonly accept?: {readonly author: string; readonly reason: string};
  readonly onProgress?: (progress: Progress) => void;
}

export interface Regraded {
  readonly countedVersion: number;
  readonly newVersion: number;
  /** By learner; of those who handed something in. */
  readonly rows: readonly {readonly before: Grade; readonly after: Grade}[];
  /** Learners whose notebooks an older snapgrid did not keep. */
  readonly notKept: readonly string[];
  readonly left: number;
  readonly faults: number;
  readonly csv: string;
}

/**
 * Grades what was handed in with the lesson as it is now, beside the scores that count, which stay until the new ones are accepted.
 * Started again it goes on where it was. @throws Error where the lesson's version is the one that counts
 */
export async function regrade(options: RegradeOptions): Promise<Regraded> {
  const {lesson, to, signal, accept} = options;
  const {slug} = lesson.lesson;
  return withResultsFolder(to, async gradebook => {
    const row = (await gradebook.assignments()).find(assignment => assignment.lesson === slug);
    if (!row) throw new Error(`Expected grades of ${slug} in ${to}, found none; grade a folder of submissions first`);
    if (row.lesson_version >= lesson.version)
      throw new Error(
        `Expected a corrected lesson with a version above ${row.lesson_version}, which counts, got version ${lesson.version}; raise \`version\` in ${slug}/lesson.md after correcting it`,
      );
    const counted = keptAssignment(row);
    const corrected = {
      ...row,
      lesson_version: lesson.version,
      title: lesson.title,
      tasks: JSON.stringify(assignedTasks(lesson)),
      written: JSON.stringify(lesson.written),
    };
    const {queue, notKept} = await toRegrade(gradebook, counted);
    const plan = await sandboxPlan(options);
    await requireSandbox(plan);
    const width = Math.min(options.width ?? widthFor(lesson.memoryMiB), Math.max(1, queue.length));
    const pool = new SandboxPool(plan, width, queue.length);
    const context: GradingContext = {...options, source: pool, gradebook};
    const {left, faults} = await gradeBatch(queue, context, {
      width,
      ...(signal === undefined ? {} : {signal}),
      onGraded: async ({result, reused}, done) => options.onProgress?.({done, total: queue.length, result, reused}),
    }).finally(() => pool.close());
    const before = await gradesOf(gradebook, counted);
    const after = new Map((await gradesOf(gradebook, keptAssignment(corrected))).map(grade => [grade.learner, grade]));
    const rows = before.filter(({status}) => status !== 'missing').map(grade => ({before: grade, after: after.get(grade.learner)!}));
    const versions = {countedVersion: row.lesson_version, newVersion: lesson.version};
    const csv = join(assignmentFolder(to, counted), 'instructor', `regrade-${slug}-${row.lesson_version}-to-${lesson.version}.csv`);
    await replaceFile(csv, regradeCsv(rows, versions));
    if (accept) {
      if (left || faults || notKept.length)
        throw new Error(
          `Expected every submission graded with version ${lesson.version} before it counts, got ${left + faults + notKept.length} without; ${notKept.length ? 'grade their folder with the older lesson once more, so that they are kept, or grade into a new folder' : 'run the same command again'}`,
        );
      await gradebook.keepAssignment(corrected, {...accept, kind: 'lesson version', value: lesson.version});
      const accepted = keptAssignment(corrected);
      await writeClass(to, gradebook, accepted, learner => writeGraded(to, gradebook, accepted, learner));
    }
    return {...versions, rows, notKept, left, faults, csv};
  });
}

/** What was graded, or could not be, with the version that counts. */
async function toRegrade(
  gradebook: Gradebook,
  {slug, countedVersion}: KeptAssignment,
): Promise<{queue: QueuedSubmission[]; notKept: string[]}> {
  const queue: QueuedSubmission[] = [];
  const notKept: string[] = [];
  for (const {learner, file, content_hash: contentHash, problem} of await gradebook.attempts(slug)) {
    const graded = (await gradebook.measured(slug, countedVersion, [learner], {checks: false})).find(
      row => row.content_hash === contentHash && row.result !== null,
    );
    if (problem || !graded) continue;
    const {warnings} = parseResult(graded.result!);
    if (await gradebook.hasContent(contentHash))
      queue.push({
        submission: {learner, file, contentHash, problem},
        warnings: warnings.filter(warning => warning.includes('was not graded')),
      });
    else notKept.push(learner);
  }
  return {queue, notKept};
}

function regradeCsv(rows: Regraded['rows'], {countedVersion, newVersion}: {countedVersion: number; newVersion: number}): string {
  const tasks = [...new Set(rows.flatMap(({before, after}) => [before, after].flatMap(taskNames)))].sort();
  const points = ({attempt}: Grade, name: string): Field => attempt?.tasks.find(({task}) => task === name)?.points;
  const both = (name: string): string[] => [`${name} (${countedVersion})`, `${name} (${newVersion})`];
  return csvText([
    ['learner', ...both('status'), ...both('score'), 'difference', ...both('max'), ...tasks.flatMap(both)],
    ...rows.map(({before, after}) => [
      before.learner,
      before.status,
      after.status,
      before.score,
      after.score,
      difference(before, after),
      before.max,
      after.max,
      ...tasks.flatMap(name => [points(before, name), points(after, name)]),
    ]),
  ]);
}

/** New less old, in points; undefined where one of them has no score. */
export function difference(before: Grade, after: Grade): number | undefined {
  return before.score === undefined || after.score === undefined ? undefined : Math.round((after.score - before.score) * 1e4) / 1e4;
}

function taskNames({attempt}: Grade): string[] {
  return (attempt?.tasks ?? []).map(({task}) => task);
}
