import {isTensorData, isTypedArray, type Plain} from '../session/wire/plain.ts';
import {type Learner, LearnerThrew, type Measurement, WrongAnswer} from './types.ts';

/** Calls `name` and counts the elements of its arguments, tensors, lists and records, that the call changed: an answer may read what it is given, not write there. */
export async function unchangedInputs(learner: Learner, name: string, ...args: readonly Plain[]): Promise<Measurement> {
  const after = await inputsAfter(learner, name, args);
  const changed = args.reduce((sum: number, arg, i) => sum + differences(arg, after[i]), 0);
  return {
    guard: true,
    measured: changed,
    comparison: '==',
    threshold: 0,
    unit: 'changed elements',
    message: `${name} changes what it is given. The caller still needs that: make a new tensor for your result.`,
  };
}

async function inputsAfter(learner: Learner, name: string, args: readonly Plain[]): Promise<readonly Plain[]> {
  try {
    return await learner.inputsAfter(name, ...args);
  } catch (error) {
    if (!(error instanceof LearnerThrew)) throw error;
    // A disposed argument cannot be read back. Where the call itself succeeds, that is what was thrown; the message is the learner's process's own and proves nothing.
    await learner.call(name, ...args);
    throw new WrongAnswer(`${name} disposes what it is given. The caller still needs that: dispose only tensors that you made.`, {
      cause: error,
    });
  }
}

/**
 * Expects that the result shares no tensor with the arguments: whoever disposes the one must still have the other.
 * @throws WrongAnswer where an argument is gone once the result is disposed
 */
export async function expectOwnTensors(learner: Learner, name: string, ...args: readonly Plain[]): Promise<void> {
  try {
    await learner.inputsAfterRelease(name, ...args);
  } catch (error) {
    if (!(error instanceof LearnerThrew)) throw error;
    // Where the arguments can be read as long as the result is kept, it was the result that took them along.
    await inputsAfter(learner, name, args);
    throw new WrongAnswer(
      `${name} returns a tensor that it was given, not one of its own. Where the caller disposes the old one, the result is gone as well: return a copy, made by clone().`,
      {cause: error},
    );
  }
}

/** Counts what differs between two plain values, down to single elements of the tensors in them. */
function differences(before: Plain, after: Plain): number {
  const a = elementsOf(before);
  if (a === undefined) return Object.is(before, after) ? 0 : 1;
  const b = elementsOf(after);
  if (b === undefined || b.length !== a.length) return a.length || 1;
  let count = 0;
  for (let i = 0; i < a.length; i++) count += differences(a[i]!, b[i]!);
  return count;
}

function elementsOf(plain: Plain): ArrayLike<Plain> | undefined {
  if (isTensorData(plain)) return plain.data;
  if (isTypedArray(plain) || Array.isArray(plain)) return plain;
  return typeof plain === 'object' && plain !== null ? Object.entries(plain).flat() : undefined;
}
