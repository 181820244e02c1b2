import {type Kysely, sql} from 'kysely';

/** One submission at one lesson version with one seed: graded once, whatever happens to the batch. */
export interface SubmissionRow {
  readonly lesson: string;
  readonly lesson_version: number;
  readonly learner: string;
  readonly content_hash: string;
  readonly seed_id: string;
  readonly file: string;
  readonly state: SubmissionState;
  /** How often it was started: a submission that takes the grader along is not tried for ever. */
  readonly attempts: number;
  /** The SubmissionResult as JSON, once there is one, without its cells: what was measured is read for a whole class, the notebook for one page. */
  readonly result: string | null;
  /** Its cells, as JSON. */
  readonly cells: string | null;
  /** For the instructor only: what the code printed or threw after it had seen hidden inputs. */
  readonly log: string | null;
  /** What of ours went wrong, where the state is `infrastructure`. */
  readonly reason: string | null;
}

/** What was measured of a submission. */
export type MeasuredRow = Omit<SubmissionRow, 'cells' | 'log'>;

/** `infrastructure`: the machine's fault, not the submission's; the next run tries it again. */
export type SubmissionState = 'queued' | 'running' | 'graded' | 'not graded' | 'infrastructure';

/** What a learner handed in: the same bytes handed in again are the same attempt. */
export interface AttemptRow {
  readonly lesson: string;
  readonly learner: string;
  /** SHA-256 of the notebook's bytes; empty where they could not be read. */
  readonly content_hash: string;
  readonly file: string;
  /** ISO 8601, in UTC; null where an older snapgrid did not note it. */
  readonly submitted_at: string | null;
  readonly submitted_from: SubmittedFrom | null;
  /** Why it could not be read; empty where it could. */
  readonly problem: string;
}

/** What says when a submission was handed in. */
export type SubmittedFrom = 'gradescope' | 'timestamp.txt' | 'file time';

/** A notebook's bytes, packed by gzip, in base64: a text, which every database takes. */
export interface ContentRow {
  readonly content_hash: string;
  readonly packed: string;
}

/** A lesson as it is graded here. */
export interface AssignmentRow {
  readonly lesson: string;
  /** The version of the lesson whose results count. */
  readonly lesson_version: number;
  readonly title: string;
  /** The lesson's tasks with their points, as JSON. */
  readonly tasks: string;
  /** The lesson's own written questions, as JSON; null where an older snapgrid did not note them. */
  readonly written: string | null;
  /** The assignment's manifest as JSON; null where there is none. */
  readonly manifest: string | null;
  /** The roster as JSON; null where there is none. */
  readonly roster: string | null;
  /** Where its files lie in the folder of results; empty where they lie in it itself, as those of the first lesson do. */
  readonly folder: string;
}

/** What an instructor decided: only ever added to. The last one of a kind holds. */
export interface ChangeRow {
  readonly sequence: number;
  /** ISO 8601. The order is the sequence's: a clock may jump. */
  readonly at: string;
  readonly author: string;
  readonly lesson: string;
  /** Empty where it is about the assignment. */
  readonly learner: string;
  readonly kind: ChangeKind;
  /** What of the learner's it is about: a written answer's name; empty where nothing more is to be said. */
  readonly item: string;
  /** JSON; null takes back. */
  readonly value: string | null;
  readonly reason: string;
}

export type ChangeKind = 'score' | 'due' | 'mark' | 'lesson version' | 'manifest';

export interface GradebookTables {
  readonly submission: SubmissionRow;
  readonly attempt: AttemptRow;
  readonly content: ContentRow;
  readonly assignment: AssignmentRow;
  readonly change: ChangeRow;
  readonly gradebook_version: {readonly version: number};
}

/** What tells a submission's row from every other. */
export type RowKey = Pick<SubmissionRow, 'lesson' | 'lesson_version' | 'learner' | 'content_hash' | 'seed_id'>;

/** The query for that row alone. */
export function whereKey<Q extends {where(column: keyof RowKey, operator: '=', value: string | number): Q}>(query: Q, key: RowKey): Q {
  return Object.entries(key).reduce((filtered, [column, value]) => filtered.where(column as keyof RowKey, '=', value), query);
}

export type Migration = (db: Kysely<GradebookTables>) => Promise<void>;

/** In order; what has been released is never changed, only added to. Plain SQL types, so that PostgreSQL takes them too. */
export const migrations: readonly Migration[] = [
  async db => {
    await db.schema
      .createTable('submission')
      .addColumn('lesson', 'text', column => column.notNull())
      .addColumn('lesson_version', 'integer', column => column.notNull())
      .addColumn('learner', 'text', column => column.notNull())
      .addColumn('content_hash', 'text', column => column.notNull())
      .addColumn('seed_id', 'text', column => column.notNull())
      .addColumn('file', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .addColumn('attempts', 'integer', column => column.notNull())
      .addColumn('result', 'text')
      .addColumn('log', 'text')
      .addPrimaryKeyConstraint('submission_key', ['lesson', 'lesson_version', 'learner', 'content_hash', 'seed_id'])
      .execute();
  },
  // Attempts with their times and bytes, assignments, the trail of changes.
  async db => {
    await db.schema.alterTable('submission').addColumn('reason', 'text').execute();
    await db.schema
      .createTable('attempt')
      .addColumn('lesson', 'text', column => column.notNull())
      .addColumn('learner', 'text', column => column.notNull())
      .addColumn('content_hash', 'text', column => column.notNull())
      .addColumn('file', 'text', column => column.notNull())
      .addColumn('submitted_at', 'text')
      .addColumn('submitted_from', 'text')
      .addColumn('problem', 'text', column => column.notNull())
      .addPrimaryKeyConstraint('attempt_key', ['lesson', 'learner', 'content_hash'])
      .execute();
    await db.schema
      .createTable('content')
      .addColumn('content_hash', 'text', column => column.primaryKey())
      .addColumn('packed', 'text', column => column.notNull())
      .execute();
    await db.schema
      .createTable('assignment')
      .addColumn('lesson', 'text', column => column.primaryKey())
      .addColumn('lesson_version', 'integer', column => column.notNull())
      .addColumn('title', 'text', column => column.notNull())
      .addColumn('tasks', 'text', column => column.notNull())
      .addColumn('manifest', 'text')
      .addColumn('roster', 'text')
      .execute();
    await db.schema
      .createTable('change')
      .addColumn('sequence', 'integer', column => column.primaryKey())
      .addColumn('at', 'text', column => column.notNull())
      .addColumn('author', 'text', column => column.notNull())
      .addColumn('lesson', 'text', column => column.notNull())
      .addColumn('learner', 'text', column => column.notNull())
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('item', 'text', column => column.notNull())
      .addColumn('value', 'text')
      .addColumn('reason', 'text', column => column.notNull())
      .execute();
    await sql`INSERT INTO attempt (lesson, learner, content_hash, file, problem)
      SELECT lesson, learner, content_hash, MAX(file), '' FROM submission GROUP BY lesson, learner, content_hash`.execute(db);
    await sql`INSERT INTO assignment (lesson, lesson_version, title, tasks)
      SELECT lesson, MAX(lesson_version), lesson, '[]' FROM submission GROUP BY lesson`.execute(db);
  },
  // A lesson's own written questions.
  async db => {
    await db.schema.alterTable('assignment').addColumn('written', 'text').execute();
  },
  // Cells apart from what was measured; a folder per lesson.
  async db => {
    await db.schema
      .alterTable('assignment')
      .addColumn('folder', 'text', column => column.notNull().defaultTo(''))
      .execute();
    await db.schema.alterTable('submission').addColumn('cells', 'text').execute();
    const keys = await db
      .selectFrom('submission')
      .select(['lesson', 'lesson_version', 'learner', 'content_hash', 'seed_id'])
      .where('result', 'is not', null)
      .execute();
    for (const key of keys) {
      const row = await whereKey(db.selectFrom('submission').select('result'), key).executeTakeFirstOrThrow();
      const {cells, ...result} = JSON.parse(row.result!) as {cells: unknown};
      const apart = {result: JSON.stringify({...result, cells: []}), cells: JSON.stringify(cells)};
      await whereKey(db.updateTable('submission').set(apart), key).execute();
    }
  },
];
