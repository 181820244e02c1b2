import {promisify} from 'node:util';
import {gunzip, gzip} from 'node:zlib';
import Database from 'libsql';
import {type AliasedRawBuilder, Kysely, sql, SqliteDialect, type SqliteDatabase, type SqliteStatement, type Transaction} from 'kysely';
import {parseResult, type SubmissionResult} from '../results.ts';
import {type NewChange, addChange, writeWhenFree} from './change.ts';
import {migrate} from './migrate.ts';
import {
  type AssignmentRow,
  type AttemptRow,
  type ChangeRow,
  type GradebookTables,
  type MeasuredRow,
  type RowKey,
  type SubmissionRow,
  whereKey,
} from './schema.ts';

/** What tells one grading from every other. */
export interface SubmissionKey {
  readonly lesson: string;
  readonly lessonVersion: number;
  readonly learner: string;
  readonly contentHash: string;
  readonly seedId: string;
}

/** Its name in a folder of results. */
export const gradebookFile = 'gradebook.sqlite';

const busyMs = 10_000;
/** SQLite waits without letting anything else run: while submissions are timed, that must stay short. */
const busyStepMs = 50;

/**
 * The class's gradebook: one SQLite file. A result is in it before anything is told to anybody,
 * so a batch that was killed at any point goes on where it was: nothing is graded twice, nothing lost.
 */
export class Gradebook {
  private constructor(
    private readonly db: Kysely<GradebookTables>,
    private readonly onClose: () => Promise<void>,
  ) {}

  /** Opens or makes the file and brings its tables up to date. @throws Error that says what to do */
  static async open(path: string, onClose: () => Promise<void> = async () => undefined): Promise<Gradebook> {
    let database: Database.Database | undefined;
    try {
      database = new Database(path, {timeout: busyMs});
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${busyMs}`);
      const db = new Kysely<GradebookTables>({dialect: new SqliteDialect({database: preparingOnce(database)})});
      await migrate(database, db, path);
      database.exec(`PRAGMA busy_timeout = ${busyStepMs}`);
      return new Gradebook(db, onClose);
    } catch (cause) {
      database?.close();
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
    if (!row?.result) return undefined;
    const cells = JSON.parse(row.cells ?? '[]') as SubmissionResult['cells'];
    return {result: {...parseResult(row.result), cells}, log: row.log ?? ''};
  }

  /**
   * Notes what was handed in, with its bytes, and queues what is to be graded; what is known already stays as it is.
   * The same bytes are one attempt: a time that somebody noted holds against a file's own, and of a file's own the earliest, since copying sets it anew.
   */
  async takeIn(attempt: AttemptRow, bytes?: Buffer, key?: SubmissionKey): Promise<void> {
    const {file, problem, submitted_at, submitted_from} = attempt;
    const known = (await this.attempts(attempt.lesson, [attempt.learner])).find(({content_hash}) => content_hash === attempt.content_hash);
    const holds =
      submitted_from === 'file time' &&
      known?.submitted_at != null &&
      (known.submitted_from !== 'file time' || known.submitted_at <= (submitted_at ?? ''));
    const packed = bytes && !(await this.hasContent(attempt.content_hash)) ? await pack(bytes) : undefined;
    await this.write(async db => {
      await db
        .insertInto('attempt')
        .values(attempt)
        .onConflict(conflict =>
          conflict
            .columns(['lesson', 'learner', 'content_hash'])
            .doUpdateSet({file, problem, ...(holds ? {} : {submitted_at, submitted_from})}),
        )
        .execute();
      if (packed !== undefined)
        await db
          .insertInto('content')
          .values({content_hash: attempt.content_hash, packed})
          .onConflict(conflict => conflict.doNothing())
          .execute();
      if (key)
        await db
          .insertInto('submission')
          .values({...columns(key), file, state: 'queued', attempts: 0, result: null, cells: null, log: null, reason: null})
          .onConflict(conflict => conflict.doNothing())
          .execute();
    });
  }

  /** The bytes that were handed in; undefined where an older snapgrid did not keep them. */
  async content(contentHash: string): Promise<Buffer | undefined> {
    const row = await this.db.selectFrom('content').select('packed').where('content_hash', '=', contentHash).executeTakeFirst();
    return row && promisify(gunzip)(Buffer.from(row.packed, 'base64'));
  }

  /** Notes that grading starts, and forgets what was measured before; returns how often it had been started before without an end. */
  async start(key: SubmissionKey, file: string): Promise<number> {
    const before = (await this.select(key))?.attempts ?? 0;
    const state = {file, state: 'running', attempts: before + 1, result: null, cells: null, log: null, reason: null} as const;
    await this.write(db =>
      db
        .insertInto('submission')
        .values({...columns(key), ...state})
        .onConflict(conflict => conflict.columns(['lesson', 'lesson_version', 'learner', 'content_hash', 'seed_id']).doUpdateSet(state))
        .execute(),
    );
    return before;
  }

  async finish(key: SubmissionKey, result: SubmissionResult, log: string): Promise<void> {
    const {cells, ...measured} = result;
    const kept = {result: JSON.stringify({...measured, cells: []}), cells: JSON.stringify(cells), log};
    const state = {state: result.status, ...kept, attempts: 0, reason: null} as const;
    await this.write(db => whereKey(db.updateTable('submission').set(state), columns(key)).execute());
  }

  /** Puts back what was running and got no verdict: the machine's fault, not the submission's. */
  async release(key: SubmissionKey, reason: string): Promise<void> {
    await this.write(db =>
      whereKey(db.updateTable('submission').set({state: 'infrastructure', attempts: 0, reason}), columns(key)).execute(),
    );
  }

  async assignments(): Promise<AssignmentRow[]> {
    return this.db.selectFrom('assignment').selectAll().orderBy('lesson').execute();
  }

  /** Keeps how a lesson is graded here; a change of it that somebody decided is noted in the same step. */
  async keepAssignment(row: AssignmentRow, change?: NewChange): Promise<void> {
    const {lesson, ...rest} = row;
    await this.write(async db => {
      await db
        .insertInto('assignment')
        .values(row)
        .onConflict(conflict => conflict.column('lesson').doUpdateSet(rest))
        .execute();
      if (change) await addChange(db, {...change, lesson});
    });
  }

  /** Who handed something in. */
  async learners(lesson: string): Promise<string[]> {
    const rows = await this.db.selectFrom('attempt').select('learner').distinct().where('lesson', '=', lesson).execute();
    return rows.map(({learner}) => learner);
  }

  /** By learner and file; of some learners only, where they are named. */
  async attempts(lesson: string, learners?: readonly string[]): Promise<AttemptRow[]> {
    const rows = this.db.selectFrom('attempt').selectAll().where('lesson', '=', lesson).orderBy('learner').orderBy('file');
    return (learners ? rows.where('learner', 'in', learners) : rows).execute();
  }

  /** What was measured of some learners' submissions at one version of the lesson, every one; without its checks where only points are wanted. */
  async measured(
    lesson: string,
    lessonVersion: number,
    learners: readonly string[],
    {checks}: {readonly checks: boolean},
  ): Promise<MeasuredRow[]> {
    return this.db
      .selectFrom('submission')
      .select(['lesson', 'lesson_version', 'learner', 'content_hash', 'seed_id', 'file', 'state', 'attempts', 'reason'])
      .select(checks ? 'result' : withoutChecks)
      .where('lesson', '=', lesson)
      .where('lesson_version', '=', lessonVersion)
      .where('learner', 'in', learners)
      .execute();
  }

  /** In the order in which they were made; of some learners only, where they are named. */
  async changes(lesson: string, learners?: readonly string[]): Promise<ChangeRow[]> {
    const rows = this.db.selectFrom('change').selectAll().where('lesson', '=', lesson).orderBy('sequence');
    return (learners ? rows.where('learner', 'in', learners) : rows).execute();
  }

  /** The written questions of which an answer was ever marked. */
  async markedQuestions(lesson: string): Promise<string[]> {
    const marks = this.db.selectFrom('change').select('item').distinct().where('lesson', '=', lesson).where('kind', '=', 'mark');
    return (await marks.execute()).map(({item}) => item);
  }

  async change(...changes: readonly (NewChange & {readonly lesson: string})[]): Promise<void> {
    await this.write(async db => {
      for (const change of changes) await addChange(db, change);
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.onClose();
  }

  private async select(key: SubmissionKey): Promise<SubmissionRow | undefined> {
    return whereKey(this.db.selectFrom('submission').selectAll(), columns(key)).executeTakeFirst();
  }

  async hasContent(contentHash: string): Promise<boolean> {
    const row = await this.db.selectFrom('content').select('content_hash').where('content_hash', '=', contentHash).executeTakeFirst();
    return row !== undefined;
  }

  /** All of the steps or none. */
  private async write(steps: (db: Transaction<GradebookTables>) => Promise<unknown>): Promise<void> {
    await writeWhenFree(() => this.db.transaction().execute(steps), {busyMs, stepMs: busyStepMs * 4});
  }
}

/** The tasks' checks are nearly all of a result: taken out by the database, they are neither copied nor parsed here. */
const withoutChecks: AliasedRawBuilder<string | null, 'result'> = sql<string | null>`json_set(result, '$.tasks', (
  SELECT json_group_array(json_set(value, '$.checks', json_array())) FROM json_each(result, '$.tasks')))`.as('result');

/**
 * libsql keeps some kilobytes of each statement that was ever prepared until the file is closed: the same text is prepared once. A transaction takes
 * its lock at once: a statement that another program's lock stops half-way stays under way, and SQLite then commits nothing.
 */
function preparingOnce(database: Database.Database): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const statement = prepared.get(text) ?? (database.prepare(text === 'begin' ? 'begin immediate' : text) as unknown as SqliteStatement);
      prepared.set(text, statement);
      return statement;
    },
    close: () => void database.close(),
  };
}

async function pack(bytes: Buffer): Promise<string> {
  return (await promisify(gzip)(bytes)).toString('base64');
}

function columns({lesson, lessonVersion, learner, contentHash, seedId}: SubmissionKey): RowKey {
  return {lesson, lesson_version: lessonVersion, learner, content_hash: contentHash, seed_id: seedId};
}
