import type {Command} from 'commander';
import {join, resolve} from 'node:path';
import {counted} from '../grader/reports/numbers.ts';
import {textTable} from '../quant/report/table.ts';
import type {Isolation} from '../grader/results.ts';
import {courseOption} from './course-option.ts';
import {graderContext} from './grader-context.ts';
import {gradingProgress} from './grading-progress.ts';
import {clean, onSlowStart} from './grading-words.ts';
import {isolationOption} from './isolation-option.ts';
import {chooseAssignment, resultsOption, sameGrades} from './kept-assignments.ts';
import {optionWords} from './shell-words.ts';
import {wholeNumber} from './whole-number.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly course?: string;
  readonly isolation: Isolation;
  readonly accept?: true;
  readonly reason?: string;
  readonly author?: string;
  readonly width?: number;
}

/** `snapgrid regrade`: what grades would become with a corrected lesson, side by side; they count once they are accepted. */
export function addRegradeCommand(program: Command): void {
  program
    .command('regrade')
    .description('grade what was handed in with the corrected lesson (its version raised), old and new scores side by side')
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'its number or folder, where the results hold several')
    .addOption(courseOption())
    .addOption(isolationOption())
    .option('--accept', 'let the new scores count from now on; without it they are only shown')
    .option('--reason <text>', 'why, for the trail (snapgrid grades --history)', 'the lesson was corrected')
    .option('--author <name>', "who accepts (default: this machine's user)")
    .option('--width <n>', 'how many submissions run at once (default: the cores of this machine)', wholeNumber)
    .action(async (flags: Flags) => {
      process.exitCode = await runRegrade(flags);
    });
}

async function runRegrade({results, lesson, course, isolation, accept, reason, author, width}: Flags): Promise<number> {
  const [{withGradebook}, {regrade, difference}, {loadGradedLesson}, {openCourse}, {operator}] = await Promise.all([
    import('../grader/gradebook/reading.ts'),
    import('../grader/regrade.ts'),
    import('../grader/lesson.ts'),
    import('../exercises/build/course.ts'),
    import('../grader/assignment.ts'),
  ]);
  const to = resolve(results);
  const {slug} = await withGradebook(to, gradebook => chooseAssignment(gradebook, lesson));
  const from = openCourse(course);
  if (!from.slugs().includes(slug))
    throw new Error(`Expected the lesson ${slug} in ${join(from.root, 'exercises')}, found none; name its course: --course <folder>`);
  const progress = gradingProgress(false);
  const {rows, countedVersion, newVersion, notKept, left, faults, csv} = await regrade({
    ...(await graderContext()),
    to,
    lesson: await loadGradedLesson(slug, from),
    isolation,
    ...(width === undefined ? {} : {width}),
    ...(accept ? {accept: {author: author ?? operator(), reason: reason ?? ''}} : {}),
    onProgress: progress.step,
    onSlowStart,
  }).finally(progress.stop);
  const same = sameGrades({results, lesson}) + optionWords({course, isolation: isolation === 'process' ? isolation : undefined});
  const changed = rows.filter(({before, after}) => before.score !== after.score || before.status !== after.status);
  if (changed.length)
    console.log(
      textTable(
        ['learner', `version ${countedVersion}`, `version ${newVersion}`, 'difference', 'tasks'],
        changed.map(({before, after}) => {
          const delta = difference(before, after);
          return [
            clean(before.learner),
            String(before.score ?? before.status),
            String(after.score ?? after.status),
            delta === undefined ? '-' : `${delta > 0 ? '+' : ''}${delta}`,
            changedTasks(before, after),
          ];
        }),
      ),
    );
  console.log(`${changed.length} of ${rows.length} scores differ; all of them side by side: ${csv}`);
  if (notKept.length) console.log(`Not graded again, an older snapgrid did not keep the notebooks: ${notKept.map(clean).join(', ')}`);
  if (left || faults) console.log(`${counted(left + faults, 'submission')} left; start the same command again to grade them.`);
  console.log(
    accept
      ? `Version ${newVersion} counts from now on.`
      : `Version ${countedVersion} still counts. To let version ${newVersion} count: npx snapgrid regrade${same} --accept --reason "…"`,
  );
  return left || faults ? 1 : 0;
}

type Tasks = {readonly attempt?: {readonly tasks: readonly {readonly task: string; readonly points: number}[]}};

/** `quantizeInt8 2 → 3` */
function changedTasks(before: Tasks, after: Tasks): string {
  const earlier = new Map((before.attempt?.tasks ?? []).map(({task, points}) => [task, points]));
  return (after.attempt?.tasks ?? [])
    .filter(({task, points}) => earlier.get(task) !== points)
    .map(({task, points}) => `${task} ${earlier.get(task) ?? '-'} → ${points}`)
    .join(', ');
}
