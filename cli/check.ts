import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {loadBackend} from '../backend/index.ts';
import {findLessons, lessonFolder, lessonSlugs, loadMaterial, type Margins, materialHash, proveLesson} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';
import {staleNotebooks} from './build-notebooks.ts';

/** `snapgrid check`: proves that lessons, solutions, notebooks and margins belong together. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .argument('[lesson]', 'its number or folder; all lessons where none is given')
    .description('prove that stubs fail, solutions pass and every wrong answer is caught by the check it names')
    .action(async (wanted?: string) => {
      const {tf, description} = await loadBackend();
      console.log(`Tensors: ${description}`);
      let count = 0;
      const report = (where: string, problems: readonly string[]): void => {
        count += problems.length;
        for (const problem of problems) console.log(`  ✗ ${where}: ${problem}`);
      };
      for (const slug of findLessons(wanted)) {
        console.log(slug);
        const material = await loadMaterial(slug, tf);
        const {problems, tasks} = await proveLesson(material, 'check');
        for (const task of tasks)
          console.log(
            `  ${task.task}: ${task.checks} checks · ${task.alternatives} alternatives pass · ${task.wrongCaught} wrong answers caught`,
          );
        report(slug, [...problems, ...marginProblems(slug, materialHash(material))]);
      }
      if (wanted === undefined)
        report(
          'notebooks',
          staleNotebooks().map(name => `${name} is stale; run "npx snapgrid notebooks"`),
        );
      report('solutions', unlistedSolutions());
      console.log(count === 0 ? '✓ everything holds' : `${count} problems`);
      if (count > 0) process.exitCode = 1;
    });
}

const enoughSeeds = 100;

/** margins.json must be there and belong to the checks and solutions as they are now. */
export function marginProblems(slug: string, hash: string): string[] {
  const file = join(lessonFolder(slug), 'margins.json');
  const advice = `run "npx snapgrid calibrate ${slug.slice(0, 2)}"`;
  if (!existsSync(file)) return [`margins.json is missing; ${advice}`];
  const margins = JSON.parse(readFileSync(file, 'utf8')) as Margins;
  if (margins.hash !== hash) return [`margins.json was measured on other checks or solutions; ${advice}`];
  return margins.seeds >= enoughSeeds ? [] : [`margins.json was measured on ${margins.seeds} seeds, expected ${enoughSeeds}; ${advice}`];
}

export function unlistedSolutions(): string[] {
  const lessons = lessonSlugs();
  return readdirSync(join(projectRoot, 'solutions'))
    .filter(name => !lessons.includes(name))
    .map(name => `${name} belongs to no lesson of exercises/`);
}
