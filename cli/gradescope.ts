import type {Command} from 'commander';
import {resolve} from 'node:path';
import type {Isolation} from '../grader/results.ts';
import {graderContext} from './grader-context.ts';
import {clean, onSlowStart} from './grading-words.ts';
import {courseOption} from './course-option.ts';
import {isolationOption} from './isolation-option.ts';

interface Flags {
  readonly lesson: string;
  readonly course?: string;
  readonly assignment: string;
  readonly isolation: Isolation;
  readonly prepare?: true;
}

/** `snapgrid gradescope`: what `run_autograder` calls in Gradescope's container. */
export function addGradescopeCommand(program: Command): void {
  program
    .command('gradescope')
    .description("grade the submission in Gradescope's container (what `snapgrid export gradescope` packs calls it)")
    .argument('[folder]', "Gradescope's folder", '/autograder')
    .requiredOption('--lesson <lesson>', 'its number or folder')
    .requiredOption('--assignment <file>', 'its manifest (YAML)')
    .addOption(courseOption())
    .addOption(isolationOption())
    .option('--prepare', 'grade nothing, but make what every grading needs: once, when the container is built')
    .action(async (folder: string, {lesson, course, assignment, isolation, prepare}: Flags) => {
      const [{runInGradescope, prepareForGradescope}, {readAssignment}, {findGradedLesson}, {openCourse}] = await Promise.all([
        import('../grader/gradescope/run.ts'),
        import('../grader/gradebook/assignment.ts'),
        import('../grader/lesson.ts'),
        import('../exercises/build/course.ts'),
      ]);
      const options = {
        ...(await graderContext()),
        // The roster stays with the instructor: Gradescope has its own.
        assignment: {assignment: await readAssignment(assignment, true)},
        lesson: await findGradedLesson(folder, lesson, openCourse(course)),
        isolation,
        onSlowStart,
      };
      if (prepare) return console.log(await prepareForGradescope(options));
      const {score, output} = await runInGradescope({...options, folder: resolve(folder)});
      console.log(score === undefined ? clean(output) : `score ${score}`);
    });
}
