import {mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import type Libsql from 'libsql';

/** A cell that was run; `line` is its number in its session. */
export interface HistoryEntry {
  readonly line: number;
  readonly input: string;
  /** What its value looked like as text; '' where it had none. */
  output: string;
}

/** A row of history: which session, which line, what was typed. */
export type HistoryRow = readonly [session: number, line: number, input: string];

export const inMemory = ':memory:';

// IPython's own tables, without its outputs, which it does not log either unless told to.
const tables = `
  CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement, start timestamp, end timestamp, num_cmds integer, remark text);
  CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text, source_raw text, PRIMARY KEY (session, line));`;

/** The inputs of this session and of earlier ones, in SQLite. Nothing here waits: what meets a lock fails with SQLITE_BUSY. */
export class HistoryDatabase {
  /** Counts up each time a kernel starts to keep history here. */
  readonly session: number;
  private readonly database: Libsql.Database;

  /** Opens the file, made where there is none, and begins a session. @throws SqliteError, Error of the file system */
  constructor(libsql: typeof Libsql, path: string) {
    if (path !== inMemory) mkdirSync(dirname(path), {recursive: true});
    this.database = new libsql(path);
    try {
      // A crash of the machine may cost the history; a slow disk must not cost a cell its time.
      this.database.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0;');
      this.database.exec(tables);
      const begun = this.database.prepare('INSERT INTO sessions (start) VALUES (?)').run(new Date().toISOString());
      this.session = Number(begun.lastInsertRowid);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  save(entries: readonly HistoryEntry[]): void {
    const insert = this.database.prepare('INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)');
    const saveAll = this.database.transaction(() => {
      for (const {line, input} of entries) insert.run(this.session, line, input, input);
    });
    saveAll.immediate();
  }

  /** The last `n`; those of this session are later than all others. */
  tail(n: number): HistoryRow[] {
    return this.rows('ORDER BY session = ? DESC, session DESC, line DESC LIMIT ?', this.session, n).reverse();
  }

  range(session: number, start: number, stop: number | undefined): HistoryRow[] {
    const last = stop ? 'AND line < ?' : '';
    return this.rows(`WHERE session = ? AND line >= ? ${last} ORDER BY line`, session, start, ...(stop ? [stop] : []));
  }

  /** What matches SQLite's GLOB; with `unique`, of equal inputs the latest; the last `n` of them, or all. */
  search(pattern: string, unique: boolean, n: number | undefined): HistoryRow[] {
    const latest =
      '(session, line) IN (SELECT session, line FROM (SELECT session, line, MAX((session << 32) + line) FROM history GROUP BY source_raw))';
    const rows = this.rows(
      `WHERE source_raw GLOB ? ${unique ? `AND ${latest}` : ''} ORDER BY session DESC, line DESC LIMIT ?`,
      pattern,
      n ?? -1,
    );
    return rows.reverse();
  }

  close(lines: number): void {
    try {
      this.database
        .prepare('UPDATE sessions SET end = ?, num_cmds = ? WHERE session = ?')
        .run(new Date().toISOString(), lines, this.session);
    } finally {
      this.database.close();
    }
  }

  private rows(which: string, ...parameters: readonly (string | number)[]): HistoryRow[] {
    const statement = this.database.prepare(`SELECT session, line, source_raw FROM history ${which}`).raw(true);
    return statement.all(...parameters) as unknown as HistoryRow[];
  }
}
