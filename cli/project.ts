import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** The folder with package.json: this file runs from `cli/` in tests and from `dist/cli/` otherwise. */
export const projectRoot = findRoot(import.meta.dirname);

/** The project's own cache: everything that a setup makes, and nothing that git keeps. */
export const cacheFolder = join(projectRoot, '.snapgrid');

function findRoot(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as {name?: string}).name === 'snapgrid') return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error(`Expected snapgrid's package.json in a folder above ${import.meta.dirname}; clone the project again.`);
  return findRoot(parent);
}
