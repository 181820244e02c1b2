import {closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';

/** A file that appears whole or not at all. Gives its bytes. @throws Error where there is no folder for it, or a folder in its place */
export function writeWhole(path: string, pieces: Iterable<Uint8Array>): number {
  if (!existsSync(dirname(path))) throw new Error(`Expected a folder to write ${path} into, got none; make it first`);
  if (statSync(path, {throwIfNoEntry: false})?.isDirectory())
    throw new Error(`Expected the name of a file to write, got the folder ${path}`);
  const temporary = `${path}.part`;
  const file = openSync(temporary, 'w');
  let written = 0;
  try {
    for (const piece of pieces) {
      for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
      written += piece.length;
    }
  } catch (error) {
    closeSync(file);
    rmSync(temporary, {force: true});
    throw error;
  }
  closeSync(file);
  renameSync(temporary, path);
  return written;
}
