import {access, constants, copyFile, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Gradebook, gradebookFile} from './gradebook.ts';

/** Runs `use` with the gradebook of a folder of results; with a copy of it where that folder cannot be written. @throws Error where there is none */
export async function withGradebook<T>(results: string, use: (gradebook: Gradebook) => Promise<T>): Promise<T> {
  const path = join(results, gradebookFile);
  await access(path).catch((cause: unknown) => {
    throw new Error(
      `Expected a folder of results with its ${gradebookFile}, got ${results}; say where grading wrote it: --results <folder>`,
      {cause},
    );
  });
  const gradebook = (await canWrite(results, path)) ? await Gradebook.open(path) : await openCopy(path);
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
