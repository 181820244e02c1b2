import {type Command, Argument} from 'commander';
import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Profile} from '../grader/reports/profiles.ts';
import {chooseAssignments, chooseAssignment, resultsOption} from './kept-assignments.ts';

interface Flags {
  readonly results: string;
  readonly lesson?: string;
  readonly to?: string;
}

/** `snapgrid export`: the grades as another program takes them. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write grades as Canvas, Moodle or nbgrader import them, or as JSON lines')
    .addArgument(new Argument('<format>', 'of the file').choices(['canvas', 'moodle', 'nbgrader', 'jsonl']))
    .addOption(resultsOption())
    .option('--lesson <lesson>', 'of one lesson: its number or folder')
    .option('--to <file>', 'where it is written (default: printed); who has no score, and why, is written beside it')
    .action(async (profile: Profile, {results, lesson, to}: Flags) => {
      const [{withGradebook}, {gradesOf}, {exportGrades, reasonsCsv}] = await Promise.all([
        import('../grader/gradebook/reading.ts'),
        import('../grader/gradebook/grades.ts'),
        import('../grader/reports/profiles.ts'),
      ]);
      await withGradebook(resolve(results), async gradebook => {
        // JSON lines and nbgrader's rows name their assignment; a platform's column is of one.
        const several = profile === 'jsonl';
        const chosen = several ? await chooseAssignments(gradebook, lesson) : [await chooseAssignment(gradebook, lesson)];
        const parts = [];
        for (const kept of chosen) parts.push({kept, grades: await gradesOf(gradebook, kept)});
        const text = parts.map(({kept, grades}) => exportGrades(profile, kept, grades)).join('');
        const without = parts.flatMap(({grades}) => grades).filter(({score}) => score === undefined);
        if (to === undefined) process.stdout.write(text);
        else await writeFile(to, text).catch(cause => failWriting(to, cause as NodeJS.ErrnoException));
        if (!without.length) return;
        const reasons = to === undefined ? undefined : `${to.replace(/\.csv$/, '')}.without-score.csv`;
        if (reasons !== undefined)
          await writeFile(reasons, reasonsCsv(without)).catch(cause => failWriting(reasons, cause as NodeJS.ErrnoException));
        console.error(
          `${without.length} learners have no score, which is not a 0${reasons === undefined ? ': see `snapgrid grades`' : `; why: ${reasons}`}`,
        );
      });
    });
}

function failWriting(path: string, cause: NodeJS.ErrnoException): never {
  throw new Error(`Expected to write ${path}, got ${cause.code}; choose another with --to`, {cause});
}
