import type MagicString from 'magic-string';
import {inserted} from './inserted.ts';
import type {AnyNode} from './names.ts';
import {runtime} from './runtime.ts';
import {type OwnFrame, ownFrames} from './stacks.ts';

/**
 * Marks what V8 gives no place to: a value that is no error has no stack, and the stack of an error that a promise brings ends below the
 * cell's own `await`. Each `throw x` passes its value through `throws`, each `await x` of the cell's top level through `awaits`.
 */
export function markThrow({start, end}: AnyNode, out: MagicString): void {
  wrap(start, end, 'throws', out);
}

/** The same for what is awaited at the cell's top level. */
export function markAwaited({start, end}: AnyNode, out: MagicString): void {
  wrap(start, end, 'awaits', out);
}

function wrap(start: number, end: number, name: string, out: MagicString): void {
  out.prependRight(start, inserted(`${runtime}.${name}(`)).appendLeft(end, inserted(')'));
}

/** Several promises may throw before one of them is heard. */
const mostThrown = 16;
let thrown: {readonly value: unknown; readonly here: Error}[] = [];
let lastAwaited: Error | undefined;
/** What rewritten code calls. */
export const marks = {
  throws<T>(value: T): T {
    // An error knows its own place.
    if (!(value instanceof Error)) thrown = [{value, here: callersStack(marks.throws)}, ...thrown.slice(0, mostThrown - 1)];
    return value;
  },
  awaits<T>(value: T): T {
    lastAwaited = callersStack(marks.awaits);
    return value;
  },
};

/** Where the value was thrown, if it was this one. */
export function placeOfThrow(value: unknown): readonly OwnFrame[] {
  const mark = thrown.find(each => Object.is(each.value, value));
  return mark ? ownFrames(mark.here) : [];
}

/** Where the running cell awaits, or awaited last. */
export const placeOfAwait = (): OwnFrame | undefined => (lastAwaited ? ownFrames(lastAwaited)[0] : undefined);

/** One frame is enough, and cheap: an await in a loop passes here each time. */
function callersStack(callee: (value: never) => unknown): Error {
  const {stackTraceLimit} = Error;
  Error.stackTraceLimit = callee === marks.throws ? 10 : 1;
  const here = {} as Error;
  Error.captureStackTrace(here, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return here;
}

/** A cell begins, or is described: what an earlier one awaited is not its own, and what it threw is not kept alive. */
export function forgetMarks(): void {
  thrown = [];
  lastAwaited = undefined;
}
