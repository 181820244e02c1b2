import type {Command} from 'commander';
import {stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {GradeOptions} from '../grader/grade.ts';
import type {Isolation, SubmissionResult} from '../grader/results.ts';
import {graderContext} from './grader-context.ts';
import {assignmentLines, onSlowStart, resultTable, summaryLines} from './grading-words.ts';
import {courseOption} from './course-option.ts';
import {isolationOption} from './isolation-option.ts';
import {optionWords, quote} from './shell-words.ts';
import {wholeNumber} from './whole-number.ts';

interface Flags {
  readonly to?: string;
  readonly lesson?: string;
  readonly course?: string;
  readonly assignment?: string;
  readonly isolation: Isolation;
  readonly width?: number;
}

/** `snapgrid grade`: one notebook, its table in the terminal; a folder of submissions, a gradebook with feedback and CSV. */
export function addGradeCommand(program: Command): void {
  program
    .command('grade')
    .description('grade one notebook, or a folder of submissions, each in a sandbox')
    .argument(
      '<path>',
      "a notebook, or a folder: id_anything.ipynb, <learner>/<anything>.ipynb, or nbgrader's submitted/<learner>/<assignment>/<notebook>.ipynb; a zip archive of a notebook stands for it",
    )
    .option('--to <folder>', "where results go (a folder's default: results)")
    .option('--lesson <lesson>', 'its number or name, where the notebooks do not say it')
    .addOption(courseOption())
    .option(
      '--assignment <file>',
      'its manifest (YAML): due date, late policy, best or last attempt, roster (default: assignment.yaml in the folder)',
    )
    .addOption(isolationOption())
    .option('--width <n>', 'how many submissions run at once (default: the cores of this machine)', wholeNumber)
    .action(async (path: string, flags: Flags) => {
      process.exitCode = await runGrade(resolve(path), flags);
    });
}

async function runGrade(from: string, flags: Flags): Promise<number> {
  const single = await stat(from).then(
    info => info.isFile(),
    () => false,
  );
  // One notebook is graded anew each time, and leaves files only where that was asked for.
  if (single && flags.to === undefined) return runGradeOne(from, flags);
  return runGradeClass(from, resolve(flags.to ?? 'results'), flags, single);
}

async function runGradeOne(path: string, {lesson, course, assignment, isolation}: Flags): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const {gradeOne} = await import('../grader/grade-one.ts');
  const {openCourse} = await import('../exercises/build/course.ts');
  const wanted = lesson ?? (assignment === undefined ? undefined : await lessonOfAssignment(path, assignment));
  const {result, ours} = await gradeOne(path, {
    ...(wanted === undefined ? {} : {lesson: wanted}),
    course: openCourse(course),
    isolation,
    onSlowStart,
    ...(await graderContext()),
  });
  console.log(resultTable(result));
  return exitCode(ours ? 1 : 0);
}

async function lessonOfAssignment(from: string, file: string): Promise<string | undefined> {
  const {findAssignment} = await import('../grader/assignment.ts');
  return (await findAssignment(from, file))?.assignment.lesson;
}

async function runGradeClass(from: string, to: string, flags: Flags, single: boolean): Promise<number> {
  const [{grade}, {gradingProgress}] = await Promise.all([import('../grader/grade.ts'), import('./grading-progress.ts')]);
  const interruption = interruptible();
  const progress = gradingProgress(single);
  let last: SubmissionResult | undefined;
  const onProgress: GradeOptions['onProgress'] = step => {
    last = step.result;
    progress.step(step);
  };
  const summary = await grade({...(await gradeOptions(from, to, flags)), onProgress, onSlowStart, signal: interruption.signal}).finally(
    () => {
      progress.stop();
      interruption.stop();
    },
  );
  if (single && last) console.log(resultTable(last));
  const walls = flags.isolation === 'process' ? ['Graded without sandboxes (--isolation process).'] : [];
  console.log([...summaryLines(summary, to), ...assignmentLines(summary), ...walls].join('\n'));
  if (summary.left) {
    const {lesson, course, assignment, isolation} = flags;
    const again = optionWords({to, lesson, course, assignment, isolation: isolation === 'process' ? isolation : undefined});
    console.log(`${summary.left} submissions are left. Go on with: npx snapgrid grade ${quote(from)}${again}`);
    return 130;
  }
  return exitCode(summary.faults);
}

async function gradeOptions(from: string, to: string, {lesson, course, assignment, isolation, width}: Flags): Promise<GradeOptions> {
  const {findAssignment} = await import('../grader/assignment.ts');
  const given = await findAssignment(from, assignment);
  const [{findGradedLesson}, {openCourse}] = await Promise.all([import('../grader/lesson.ts'), import('../exercises/build/course.ts')]);
  return {
    from,
    to,
    lesson: await findGradedLesson(from, lesson ?? given?.assignment.lesson, openCourse(course)),
    ...(given === undefined ? {} : {assignment: given}),
    isolation,
    ...(await graderContext()),
    ...(width === undefined ? {} : {width}),
  };
}

/** Ctrl-C and SIGTERM: what runs is finished, then it ends; a second one ends it at once. */
function interruptible(): {signal: AbortSignal; stop: () => void} {
  const controller = new AbortController();
  const stopping = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    process.stderr.write('\nFinishing the submissions that are running; once more to end at once.\n');
  };
  process.on('SIGINT', stopping).on('SIGTERM', stopping);
  return {signal: controller.signal, stop: () => void process.off('SIGINT', stopping).off('SIGTERM', stopping)};
}

/** Learners who fail are no failure of grading. */
function exitCode(faults: number): number {
  if (faults) console.log(`${faults} submissions could not be graded through no fault of theirs; start again to retry them.`);
  return faults ? 1 : 0;
}
