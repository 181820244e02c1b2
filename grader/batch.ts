import {maxTries} from './grade-notebook.ts';
import {type Graded, type GradingContext, gradeSubmission} from './grade-submission.ts';
import type {Submission} from './submission/intake.ts';

export interface QueuedSubmission {
  readonly submission: Submission;
  /** What was assumed of it before it was graded. */
  readonly warnings: readonly string[];
}

export interface BatchOptions {
  /** How many are graded at once. */
  readonly width: number;
  /** Once aborted, what runs is finished and nothing new is started. */
  readonly signal?: AbortSignal;
  /** Called as each is done, with how many are. */
  readonly onGraded: (graded: Graded, done: number) => Promise<void>;
}

/**
 * Grades what was queued, in its order; what was lost through a fault of ours is tried again after the others.
 * It keeps none of what was graded: that of a whole course would fill the memory, and the gradebook has it.
 */
export async function gradeBatch(
  queued: readonly QueuedSubmission[],
  context: GradingContext,
  {width, signal, onGraded}: BatchOptions,
): Promise<{readonly left: number; readonly faults: number}> {
  const queue = queued.map(one => ({...one, tries: maxTries}));
  let done = 0;
  let faults = 0;
  let stopped = false;
  const worker = async (): Promise<void> => {
    while (!signal?.aborted && !stopped) {
      const next = queue.shift();
      if (!next) return;
      const one = await gradeSubmission(next.submission, next.warnings, context);
      // The machine's fault may be over by the time that the others are done.
      if (one.ours && !signal?.aborted && --next.tries > 0) {
        queue.push(next);
        continue;
      }
      if (one.ours) faults++;
      await onGraded(one, ++done);
    }
  };
  // Where one cannot go on (a full disk, say), the others come to their end first: none is left as if it had ended the grader.
  const workers = Array.from({length: Math.min(width, queue.length)}, () =>
    worker().catch((error: unknown) => {
      stopped = true;
      throw error;
    }),
  );
  for (const end of await Promise.allSettled(workers)) if (end.status === 'rejected') throw end.reason;
  return {left: queue.length, faults};
}
