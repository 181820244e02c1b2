import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {buildNotebook, type Course, notebookText, openCourse, readLesson} from '../exercises/build/index.ts';
import {courseOption} from './course-option.ts';

/** `snapgrid notebooks`: writes notebooks/ from exercises/, or with --check says what is stale. */
export function addNotebooksCommand(program: Command): void {
  program
    .command('notebooks')
    .description('build notebooks/ from exercises/')
    .option('--check', 'write nothing; fail when a notebook is not what its lesson builds')
    .addOption(courseOption())
    .action((flags: {check?: true; course?: string}) => {
      const course = openCourse(flags.course);
      const stale = staleNotebooks(course);
      if (flags.check) {
        for (const name of stale) console.log(`${name} is not what its lesson builds`);
        console.log(
          stale.length === 0 ? 'Every notebook is what its lesson builds.' : 'Run "npx snapgrid notebooks" and commit what it writes.',
        );
        if (stale.length > 0) process.exitCode = 1;
      } else {
        writeNotebooks(course);
        console.log(stale.length === 0 ? 'Nothing to do: every notebook is what its lesson builds.' : `Wrote ${stale.join(', ')}`);
      }
    });
}

/** The names of notebooks that differ from what their lessons build, are missing, or belong to no lesson. */
export function staleNotebooks(course: Course): string[] {
  const built = builtNotebooks(course);
  const there = existsSync(course.notebooks) ? readdirSync(course.notebooks).filter(name => /^\d\d-.*\.ipynb$/.test(name)) : [];
  const differing = [...built]
    .filter(([name, text]) => !there.includes(name) || readFileSync(join(course.notebooks, name), 'utf8') !== text)
    .map(([name]) => name);
  return [...differing, ...there.filter(name => !built.has(name))].sort();
}

export function writeNotebooks(course: Course): void {
  const built = builtNotebooks(course);
  mkdirSync(course.notebooks, {recursive: true});
  for (const name of staleNotebooks(course)) {
    const text = built.get(name);
    if (text === undefined) rmSync(join(course.notebooks, name));
    else writeFileSync(join(course.notebooks, name), text);
  }
}

function builtNotebooks(course: Course): Map<string, string> {
  return new Map(course.slugs().map(slug => [`${slug}.ipynb`, notebookText(buildNotebook(readLesson(course.folder(slug))))]));
}
