import {setTimeout as sleep} from 'node:timers/promises';
import {type HistoryEntry, HistoryDatabase, type HistoryRow, inMemory} from './database.ts';

/** The content of a history_request, as IPython understands it. */
export interface HistoryRequest {
  readonly output?: boolean;
  readonly hist_access_type?: string;
  readonly session?: number | null;
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly n?: number | null;
  readonly pattern?: string | null;
  readonly unique?: boolean;
}

type Row = readonly [session: number, line: number, input: string | readonly [input: string, output: string | null]];

/** History is saved when nothing was run for so long; what a crash loses is at most this and what ran without a pause. */
const quietMs = 2000;
const defaultTail = 10;
const longestOutput = 10_000;
/** How often, and after how long, a lock that another kernel holds is tried again. */
const attempts = 10;
const attemptEveryMs = 25;

/**
 * What was run: answers history_request as IPython does, and keeps inputs across sessions in one SQLite file that all kernels share.
 * The file is opened when it is first needed, never while a cell waits; where it cannot be used, history lives in memory.
 */
export class History {
  private readonly entries: HistoryEntry[] = [];
  private saved = 0;
  private opened: Promise<HistoryDatabase> | undefined;
  private saving: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isInMemory = false;

  constructor(
    private readonly path: string,
    private readonly log: (line: string) => void,
  ) {}

  add(line: number, input: string): HistoryEntry {
    const entry = {line, input: input.replace(/\n+$/, ''), output: ''};
    this.entries.push(entry);
    return entry;
  }

  /** What the value of the entry's cell looked like. */
  keepOutput(entry: HistoryEntry, output: string): void {
    entry.output = output.slice(0, longestOutput);
  }

  /** A cell begins: saving waits until nothing runs. */
  wait(): void {
    clearTimeout(this.timer);
  }

  /** A cell is done. */
  saveSoon(): void {
    clearTimeout(this.timer);
    if (this.saved < this.entries.length) this.timer = setTimeout(() => void this.save().catch(() => {}), quietMs).unref();
  }

  async find(request: HistoryRequest): Promise<readonly Row[]> {
    const {hist_access_type: access, output = false, session: asked, start, stop, n, pattern, unique = false} = request;
    const database = await this.save();
    let rows: readonly HistoryRow[] = [];
    if (access === 'tail') rows = database.tail(Math.max(0, n ?? defaultTail));
    else if (access === 'search') rows = database.search(pattern ?? '*', unique, n ?? undefined);
    else if (access === 'range') {
      const session = asked && asked > 0 ? asked : database.session + (asked ?? 0);
      if (session === database.session) return this.own(Math.max(0, asked ?? 0), output, start ?? 0, stop ?? 0);
      rows = database.range(session, start ?? 0, stop ?? undefined);
    }
    if (!output) return rows;
    const outputs = new Map(this.entries.map(({line, output: text}) => [line, text || null]));
    return rows.map(([session, line, input]) => {
      const own = session === database.session ? outputs.get(line) : null;
      return [session, line, [input, own ?? null]];
    });
  }

  /** Saves what is left; no more is added. */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    if (this.saved === this.entries.length && !this.opened) return;
    try {
      (await this.save()).close(this.entries.length);
    } catch {} // only the time of its end is lost, or it has been said why nothing is kept
  }

  /** This session's own lines are numbered as IPython's list of them, whose first is empty; the session is called as it was asked for. */
  private own(session: number, output: boolean, start: number, stop: number): Row[] {
    const lines = [{input: '', output: ''}, ...this.entries];
    const last = !stop || stop > lines.length ? lines.length : stop < 0 ? lines.length + stop : stop;
    const first = start < 0 ? Math.max(0, lines.length + start) : start;
    const rows = lines.map(({input, output: text}, line): Row => [session, line, output ? [input, text || null] : input]);
    return rows.slice(first, Math.max(first, last));
  }

  /** Puts into the database what is not there yet, one call after another. */
  private save(): Promise<HistoryDatabase> {
    const saved = this.saving.then(() => this.saveNow());
    this.saving = saved.catch(() => {});
    return saved;
  }

  private async saveNow(): Promise<HistoryDatabase> {
    const database = await (this.opened ??= this.open());
    const unsaved = this.entries.slice(this.saved);
    if (!unsaved.length) return database;
    try {
      await untilUnlocked(() => database.save(unsaved));
    } catch (error) {
      if (this.isInMemory) throw error;
      this.opened = this.openInMemory(error);
      return this.saveNow();
    }
    this.saved += unsaved.length;
    return database;
  }

  private async open(): Promise<HistoryDatabase> {
    try {
      const {default: libsql} = await import('libsql');
      return await untilUnlocked(() => new HistoryDatabase(libsql, this.path));
    } catch (error) {
      return this.openInMemory(error);
    }
  }

  private async openInMemory(reason: unknown): Promise<HistoryDatabase> {
    const why = reason instanceof Error ? reason.message : String(reason);
    this.log(
      `History is not kept across sessions: ${this.path} cannot be used (${why}); move it away or delete it, then restart the kernel`,
    );
    this.isInMemory = true;
    this.saved = 0;
    const {default: libsql} = await import('libsql');
    return new HistoryDatabase(libsql, inMemory);
  }
}

/** @throws what `action` throws, SQLITE_BUSY only when a lock is held for long */
async function untilUnlocked<T>(action: () => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return action();
    } catch (error) {
      if ((error as {code?: unknown}).code !== 'SQLITE_BUSY' || attempt === attempts) throw error;
      await sleep(attemptEveryMs);
    }
  }
}
