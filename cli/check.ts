import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {loadBackend} from '../backend/index.ts';
import {
  type Course,
  loadMaterial,
  type Margins,
  type Material,
  materialHash,
  openCourse,
  ownCourse,
  proveLesson,
} from '../exercises/build/index.ts';
import {staleNotebooks} from './build-notebooks.ts';
import {counted} from '../grader/reports/numbers.ts';
import {courseOption, someLessons} from './course-option.ts';
import {optionWords} from './shell-words.ts';

/** `snapgrid check`: proves that lessons, solutions, notebooks and margins belong together. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .argument('[lesson]', 'its number or folder; all lessons where none is given')
    .description('prove that stubs fail, solutions pass and every wrong answer is caught by the check it names')
    .addOption(courseOption())
    .action(async (wanted: string | undefined, flags: {course?: string}) => {
      const course = openCourse(flags.course);
      const {tf, description} = await loadBackend();
      console.log(`Tensors: ${description}`);
      let count = 0;
      const report = (where: string, problems: readonly string[]): void => {
        count += problems.length;
        for (const problem of problems) console.log(`  ✗ ${where}: ${problem}`);
      };
      for (const slug of someLessons(course, wanted)) {
        console.log(slug);
        const material = await loadMaterial(course, slug, tf);
        const {problems, tasks} = await proveLesson(material, 'check');
        for (const task of tasks)
          console.log(
            `  ${task.task}: ${task.checks} checks · ${task.alternatives} alternatives pass · ${task.wrongCaught} wrong answers caught`,
          );
        report(slug, [...problems, ...marginProblems(material)]);
      }
      if (wanted === undefined)
        report(
          'notebooks',
          staleNotebooks(course).map(name => `${name} is stale; run "npx snapgrid notebooks${sameCourse(course)}"`),
        );
      report('solutions', unlistedSolutions(course));
      console.log(count === 0 ? '✓ everything holds' : counted(count, 'problem'));
      if (count > 0) process.exitCode = 1;
    });
}

const enoughSeeds = 100;

/** margins.json must be there and belong to the checks and solutions as they are now. */
export function marginProblems(material: Material): string[] {
  const {folder, parsed, course} = material;
  const file = join(folder, 'margins.json');
  const advice = `run "npx snapgrid calibrate ${parsed.slug.slice(0, 2)}${sameCourse(course)}"`;
  if (!existsSync(file)) return [`margins.json is missing; ${advice}`];
  const margins = JSON.parse(readFileSync(file, 'utf8')) as Margins;
  if (margins.hash !== materialHash(material)) return [`margins.json was measured on other checks or solutions; ${advice}`];
  return margins.seeds >= enoughSeeds ? [] : [`margins.json was measured on ${margins.seeds} seeds, expected ${enoughSeeds}; ${advice}`];
}

export function unlistedSolutions(course: Course): string[] {
  const lessons = course.slugs();
  const folder = join(course.root, 'solutions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => !lessons.includes(name))
    .map(name => `${name} belongs to no lesson of exercises/`);
}

/** What a command that is advised must be told so that it means the same course. */
function sameCourse(course: Course): string {
  return optionWords({course: course === ownCourse ? undefined : course.root});
}
