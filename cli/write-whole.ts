import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';

/** A file that appears whole or not at all. Gives its bytes. */
export function writeWhole(path: string, pieces: Iterable<Uint8Array>): number {
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
