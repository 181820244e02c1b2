import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {buildNotebook, lessonFolder, lessonSlugs, notebookText, readLesson} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';

/** `snapgrid notebooks`: writes notebooks/ from exercises/, or with --check says what is stale. */
export function addNotebooksCommand(program: Command): void {
  program
    .command('notebooks')
    .description('build notebooks/ from exercises/')
    .option('--check', 'write nothing; fail when a notebook is not what its lesson builds')
    .action(({check}: {check?: true}) => {
      const stale = staleNotebooks();
      if (check) {
        for (const name of stale) console.log(`${name} is not what its lesson builds`);
        console.log(
          stale.length === 0 ? 'Every notebook is what its lesson builds.' : 'Run "npx snapgrid notebooks" and commit what it writes.',
        );
        if (stale.length > 0) process.exitCode = 1;
      } else {
        writeNotebooks();
        console.log(stale.length === 0 ? 'Nothing to do: every notebook is what its lesson builds.' : `Wrote ${stale.join(', ')}`);
      }
    });
}

/** The names of notebooks that differ from what their lessons build, are missing, or belong to no lesson. */
export function staleNotebooks(): string[] {
  const built = builtNotebooks();
  const there = existsSync(notebooksFolder) ? readdirSync(notebooksFolder).filter(name => /^\d\d-.*\.ipynb$/.test(name)) : [];
  const differing = [...built]
    .filter(([name, text]) => !there.includes(name) || readFileSync(join(notebooksFolder, name), 'utf8') !== text)
    .map(([name]) => name);
  return [...differing, ...there.filter(name => !built.has(name))].sort();
}

export function writeNotebooks(): void {
  const built = builtNotebooks();
  mkdirSync(notebooksFolder, {recursive: true});
  for (const name of staleNotebooks()) {
    const text = built.get(name);
    if (text === undefined) rmSync(join(notebooksFolder, name));
    else writeFileSync(join(notebooksFolder, name), text);
  }
}

const notebooksFolder = join(projectRoot, 'notebooks');

function builtNotebooks(): Map<string, string> {
  return new Map(lessonSlugs().map(slug => [`${slug}.ipynb`, notebookText(buildNotebook(readLesson(lessonFolder(slug))))]));
}
