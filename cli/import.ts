import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {Command} from 'commander';
import {Course, importNotebook, ownCourse} from '../exercises/build/index.ts';
import {courseOption} from './course-option.ts';

/** `snapgrid import`: a notebook as a lesson's Markdown, from which `snapgrid notebooks` builds it again. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .argument('<notebook>', 'an .ipynb file: one of snapgrid, of nbgrader, or any other')
    .option('--as <lesson>', "the lesson's folder, 01-my-lesson; a notebook of snapgrid knows its own")
    .option('--force', 'write over a lesson.md that is there')
    .addOption(courseOption())
    .description('write a notebook as the Markdown of a lesson; "snapgrid notebooks" builds it back')
    .action((file: string, flags: {as?: string; force?: true; course?: string}) => {
      const course = flags.course === undefined ? ownCourse : new Course(flags.course);
      const title = basename(file, '.ipynb');
      const {slug, markdown, notes} = importNotebook(readNotebook(file), {slug: flags.as ?? '', title});
      const lesson = flags.as ?? slug;
      if (!/^\d\d-/.test(lesson))
        throw new Error(`Expected to be told the lesson's folder, two digits and words: --as 01-${title.toLowerCase()}`);
      const target = join(course.folder(lesson), 'lesson.md');
      if (existsSync(target) && !flags.force) throw new Error(`Expected no lesson at ${target}, found one; --force writes over it`);
      mkdirSync(course.folder(lesson), {recursive: true});
      writeFileSync(target, markdown);
      console.log(`Wrote ${target}`);
      if (!existsSync(join(course.folder(lesson), 'checks.ts')))
        notes.push('write checks.ts and the solutions beside it; "npx snapgrid new" shows what they look like');
      for (const note of notes) console.log(`  · ${note}`);
    });
}

function readNotebook(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`Expected a notebook at ${file}, got: ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
  }
}
