import Database from 'libsql';
import type {Kysely} from 'kysely';
import {renameSync, rmSync} from 'node:fs';
import {type GradebookTables, migrations} from './schema.ts';

/**
 * Brings a gradebook's tables up to date, all of it or nothing. Where they hold something, a copy of the file is made first:
 * `gradebook.sqlite.version-1` beside it is what the older snapgrid left. @throws Error where a newer snapgrid wrote it
 */
export async function migrate(database: Database.Database, db: Kysely<GradebookTables>, path: string): Promise<void> {
  const before = versionOf(database);
  if (before === migrations.length) return;
  if (before > migrations.length)
    throw new Error(`it was written by a newer snapgrid (version ${before} of its tables, this one knows ${migrations.length})`);
  // At once for writing: of two programs that open an old gradebook, one waits for the other and then finds nothing to do.
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > 0 && version < migrations.length) backUp(path, version);
    for (const migration of migrations.slice(version)) await migration(db);
    database.exec('CREATE TABLE IF NOT EXISTS gradebook_version (version integer NOT NULL); DELETE FROM gradebook_version');
    database.exec(`INSERT INTO gradebook_version (version) VALUES (${migrations.length})`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** 0 where there are no tables yet. */
function versionOf(database: Database.Database): number {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'gradebook_version'").all();
  if (!tables.length) return 0;
  const [row] = database.prepare('SELECT version FROM gradebook_version').all() as {version: number}[];
  return row?.version ?? 0;
}

/** By a connection of its own, which sees the file as it was before. What a copy that was killed half-way left is replaced. */
function backUp(path: string, version: number): void {
  const half = `${path}.version-${version}.half`;
  rmSync(half, {force: true});
  const database = new Database(path);
  try {
    database.prepare('VACUUM INTO ?').run(half);
  } finally {
    database.close();
  }
  renameSync(half, `${path}.version-${version}`);
}
