import type {TaskLost} from '../../checking/types.ts';
import type {ThrownError} from '../../session/wire/messages.ts';
import type {SandboxEnd} from '../sandbox/sandbox.ts';

export type LostVerdict = TaskLost['verdict'];

/** Why learner code stopped before it had an answer. */
export interface Loss {
  readonly verdict: LostVerdict;
  /** For the learner. */
  readonly message: string;
}

export const timedOut = (ms: number): Loss => ({
  verdict: 'timeout',
  message: `Expected an answer within ${Number((ms / 1000).toFixed(3))} s, got none in that time.`,
});

export const outOfMemory: Loss = {verdict: 'memory', message: 'The code took more memory than this lesson allows.'};

export const answerTooLarge: Loss = {
  verdict: 'memory',
  message: 'Expected an answer of at most 64 MB, got a larger one; is it the value that the task asks for?',
};

/** Nobody asked for an interrupt, yet its code is stopped wherever it runs: signals to itself, a debugger of its own. */
export const brokeItself: Loss = {verdict: 'error', message: 'The code broke its own process, which then ran nothing any more.'};

export const budgetUsed: Loss = {verdict: 'timeout', message: "Not run: the notebook's time was used up before."};

export const tookProcessors: Loss = {
  verdict: 'timeout',
  message: 'The code kept more threads busy at once than one processor can serve; other submissions would have waited for them.',
};

export const tooManyLost: Loss = {verdict: 'timeout', message: 'Not run: too many cells before it ended the process that they ran in.'};

/** What the end of a sandbox says about the code that ran in it. */
export function lossOf(end: SandboxEnd, brokeProtocol: boolean): Loss {
  if (end.outOfMemory) return outOfMemory;
  if (end.tooBusy) return tookProcessors;
  if (brokeProtocol) return {verdict: 'forged', message: "The code wrote to the grader's own channel."};
  if (end.signal === 'SIGXCPU' || end.code === 128 + 24) return {verdict: 'timeout', message: 'The code used up its processor time.'};
  return {verdict: 'error', message: `The code ended its own process (${end.signal ? `signal ${end.signal}` : `exit code ${end.code}`}).`};
}

/** Whether code ran into a memory or storage limit and was told so by an ordinary error. */
export function ranOutOfMemory({name, message}: Pick<ThrownError, 'name' | 'message'>): boolean {
  if (
    name === 'RangeError' &&
    /array buffer allocation failed|could not allocate memory|invalid (typed )?array( buffer)? length/i.test(message)
  )
    return true;
  return /\b(ENOSPC|ENOMEM|EFBIG|EDQUOT|ERR_MEMORY_ALLOCATION_FAILED|ERR_WORKER_OUT_OF_MEMORY)\b|no space left on device|cannot allocate memory/i.test(
    message,
  );
}
