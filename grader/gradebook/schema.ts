import type {Kysely} from 'kysely';

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
  /** The SubmissionResult as JSON, once there is one. */
  readonly result: string | null;
  /** For the instructor only: what the code printed or threw after it had seen hidden inputs. */
  readonly log: string | null;
}

export type SubmissionState = 'queued' | 'running' | 'graded' | 'not graded';

export interface GradebookTables {
  readonly submission: SubmissionRow;
  readonly gradebook_version: {readonly version: number};
}

type Migration = (db: Kysely<GradebookTables>) => Promise<void>;

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
];
