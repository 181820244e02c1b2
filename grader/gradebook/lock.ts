import Database from 'libsql';
import {join} from 'node:path';

/** The file that is held while a folder of results is written. */
export const lockFile = 'grading.lock';

/**
 * Takes a folder of results for this process; returns what gives it back. The lock is one of SQLite's: the operating system lifts it
 * when its holder ends, however that ends. @throws Error where another grading holds it, or the folder cannot be written
 */
export function lockFolder(folder: string): () => void {
  let database: Database.Database | undefined;
  try {
    database = new Database(join(folder, lockFile), {timeout: 0});
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      /locked|busy/i.test(message)
        ? `Expected ${folder} for this grading alone, got a folder that another one is writing to; wait until it has ended, or choose another with --to`
        : `Expected a folder for results that can be written at ${folder}, got: ${message}; check its rights and the disk, or choose another with --to`,
      {cause},
    );
  }
  const held = database;
  return () => void held.close();
}
