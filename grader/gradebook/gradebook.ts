import {setTimeout as sleep} from 'node:timers/promises';
import Database from 'libsql';
import {Kysely, SqliteDialect, type SqliteDatabase} from 'kysely';
import {parseResult, type SubmissionResult} from '../results.ts';
import {type GradebookTables, migrations, type SubmissionRow} from './schema.ts';

/** What tells one grading from every other. */
export interface SubmissionKey {
  readonly lesson: string;
  readonly lessonVersion: number;
  readonly learner: string;
  readonly contentHash: string;
  readonly seedId: string;
}

const busyMs = 10_000;
/** SQLite waits without letting anything else run: while submissions are timed, that must stay short. */
const busyStepMs = 50;

/**
 * The class's gradebook: one SQLite file. A result is in it before anything is told to anybody,
 * so a batch that was killed at any point goes on where it was: nothing is graded twice, nothing lost.
 */
export class Gradebook {
  private constructor(private readonly db: Kysely<GradebookTables>) {}

  /** Opens or makes the file and brings its tables up to date. @throws Error that says what to do */
  static async open(path: string): Promise<Gradebook> {
    try {
      const database = new Database(path, {timeout: busyMs});
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${busyMs}`);
      const db = new Kysely<GradebookTables>({dialect: new SqliteDialect({database: database as unknown as SqliteDatabase})});
      await migrate(db);
      database.exec(`PRAGMA busy_timeout = ${busyStepMs}`);
      return new Gradebook(db);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const next = /locked|busy/i.test(message)
        ? 'another program holds it: close that and start again'
        : 'check that the folder can be written and is not full; a damaged gradebook can be moved aside, its submissions are then graded anew';
      throw new Error(`Expected a gradebook at ${path}, got: ${message}; ${next}`, {cause});
    }
  }

  /** The result of this very submission, where it was graded before. */
  async find(key: SubmissionKey): Promise<{readonly result: SubmissionResult; readonly log: string} | undefined> {
    const row = await this.select(key);
    return row?.result ? {result: parseResult(row.result), log: row.log ?? ''} : undefined;
  }

  /** Notes that grading starts; returns how often it had been started before without an end. */
  async start(key: SubmissionKey, file: string): Promise<number> {
    const before = (await this.select(key))?.attempts ?? 0;
    const state = {file, state: 'running', attempts: before + 1} as const;
    await write(
      this.db
        .insertInto('submission')
        .values({...columns(key), ...state, result: null, log: null})
        .onConflict(conflict => conflict.columns(['lesson', 'lesson_version', 'learner', 'content_hash', 'seed_id']).doUpdateSet(state)),
    );
    return before;
  }

  async finish(key: SubmissionKey, result: SubmissionResult, log: string): Promise<void> {
    const state = {state: result.status, result: JSON.stringify(result), log, attempts: 0} as const;
    await write(this.where(this.db.updateTable('submission').set(state), key));
  }

  /** Puts back what was running and got no verdict: the machine's fault, not the submission's. */
  async release(key: SubmissionKey): Promise<void> {
    await write(this.where(this.db.updateTable('submission').set({state: 'queued', attempts: 0}), key));
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private async select(key: SubmissionKey): Promise<SubmissionRow | undefined> {
    return this.where(this.db.selectFrom('submission').selectAll(), key).executeTakeFirst();
  }

  private where<Q extends {where(column: keyof SubmissionRow, operator: '=', value: string | number): Q}>(query: Q, key: SubmissionKey): Q {
    return Object.entries(columns(key)).reduce(
      (filtered, [column, value]) => filtered.where(column as keyof SubmissionRow, '=', value),
      query,
    );
  }
}

/** Tries for a while where another program holds the file. @throws Error that says what to do */
async function write(query: {execute(): Promise<unknown>}): Promise<void> {
  for (const end = performance.now() + busyMs; ;) {
    try {
      await query.execute();
      return;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const locked = /locked|busy/i.test(message);
      if (!locked || performance.now() > end)
        throw new Error(
          `Expected to write to the gradebook, got: ${message}; ${locked ? 'another program holds it: close that' : 'check the disk and the rights of its file'} and start again: what was graded is kept`,
          {cause},
        );
      await sleep(busyStepMs * 4);
    }
  }
}

function columns({
  lesson,
  lessonVersion,
  learner,
  contentHash,
  seedId,
}: SubmissionKey): Pick<SubmissionRow, 'lesson' | 'lesson_version' | 'learner' | 'content_hash' | 'seed_id'> {
  return {lesson, lesson_version: lessonVersion, learner, content_hash: contentHash, seed_id: seedId};
}

async function migrate(db: Kysely<GradebookTables>): Promise<void> {
  await db.schema
    .createTable('gradebook_version')
    .ifNotExists()
    .addColumn('version', 'integer', column => column.notNull())
    .execute();
  const done = (await db.selectFrom('gradebook_version').select('version').executeTakeFirst())?.version ?? 0;
  if (done > migrations.length)
    throw new Error(`it was written by a newer snapgrid (version ${done} of its tables, this one knows ${migrations.length})`);
  for (const [i, migration] of migrations.entries()) {
    if (i < done) continue;
    await db.transaction().execute(async transaction => {
      await migration(transaction);
      await transaction.deleteFrom('gradebook_version').execute();
      await transaction
        .insertInto('gradebook_version')
        .values({version: i + 1})
        .execute();
    });
  }
}
