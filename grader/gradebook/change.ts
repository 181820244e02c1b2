import {setTimeout as sleep} from 'node:timers/promises';
import type {Transaction} from 'kysely';
import type {ChangeKind, GradebookTables} from './schema.ts';

/** What somebody decided, as it is given to the gradebook. */
export interface NewChange {
  readonly author: string;
  /** Missing where it is about the assignment. */
  readonly learner?: string;
  readonly kind: ChangeKind;
  readonly item?: string;
  /** Nothing takes back what was decided before. */
  readonly value?: unknown;
  readonly reason: string;
}

/** Adds one to the trail, which is never changed or shortened. */
export async function addChange(db: Transaction<GradebookTables>, change: NewChange & {readonly lesson: string}): Promise<void> {
  const {author, lesson, learner = '', kind, item = '', value, reason} = change;
  const last = await db
    .selectFrom('change')
    .select(({fn}) => fn.max('sequence').as('sequence'))
    .executeTakeFirst();
  await db
    .insertInto('change')
    .values({
      sequence: ((last?.sequence as number | null | undefined) ?? 0) + 1,
      at: new Date().toISOString(),
      author,
      lesson,
      learner,
      kind,
      item,
      value: value === undefined ? null : JSON.stringify(value),
      reason,
    })
    .execute();
}

/** Tries for a while where another program holds the file. @throws Error that says what to do */
export async function writeWhenFree(write: () => Promise<unknown>, {busyMs, stepMs}: {busyMs: number; stepMs: number}): Promise<void> {
  for (const end = performance.now() + busyMs; ; await sleep(stepMs)) {
    try {
      await write();
      return;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const locked = (cause as {code?: string} | undefined)?.code === 'SQLITE_BUSY' || /locked|busy/i.test(message);
      if (!locked || performance.now() > end)
        throw new Error(
          `Expected to write to the gradebook, got: ${message}; ${locked ? 'another program holds it: close that' : 'check the disk and the rights of its file'} and start again: what was graded is kept`,
          {cause},
        );
    }
  }
}
