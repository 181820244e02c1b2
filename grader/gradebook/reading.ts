import {access, constants, copyFile, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Gradebook, gradebookFile} from './gradebook.ts';

/** Runs `use` with the gradebook of a folder of results, to read it; with a copy where that folder cannot be written. @throws Error where there is none */
export async function withGradebook<T>(results: string, use: (gradebook: Gradebook) => Promise<T>): Promise<T> {
  const path = await expectGradebook(results);
  return closing((await canWrite(results, path)) ? await Gradebook.open(path) : await openCopy(path), use);
}

/** Runs `use` with the gradebook of a folder of results, to change it. @throws Error where there is none, or it cannot be written: nothing was changed */
export async function changingGradebook<T>(results: string, use: (gradebook: Gradebook) => Promise<T>): Promise<T> {
  const path = await expectGradebook(results);
  if (!(await canWrite(results, path)))
    throw new Error(
      `Expected a folder of results that can be written, got ${results}; nothing was changed: check its rights and start again`,
    );
  return closing(await Gradebook.open(path), use);
}

/** Its path. */
async function expectGradebook(results: string): Promise<string> {
  const path = join(results, gradebookFile);
  await access(path).catch((cause: unknown) => {
    throw new Error(
      `Expected a folder of results with its ${gradebookFile}, got ${results}; say where grading wrote it: --results <folder>`,
      {cause},
    );
  });
  return path;
}

async function closing<T>(gradebook: Gradebook, use: (gradebook: Gradebook) => Promise<T>): Promise<T> {
  try {
    return await use(gradebook);
  } finally {
    await gradebook.close();
  }
}

async function canWrite(...paths: readonly string[]): Promise<boolean> {
  const refused = await Promise.all(paths.map(path => access(path, constants.W_OK).catch((error: unknown) => error)));
  return refused.every(error => error === undefined);
}

/** SQLite reads a log beside the file, and so needs to write there. */
async function openCopy(path: string): Promise<Gradebook> {
  const folder = await mkdtemp(join(tmpdir(), 'snapgrid-gradebook-'));
  const remove = (): Promise<void> => rm(folder, {recursive: true, force: true});
  try {
    const copy = join(folder, gradebookFile);
    await copyFile(path, copy);
    await copyFile(`${path}-wal`, `${copy}-wal`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return await Gradebook.open(copy, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}
