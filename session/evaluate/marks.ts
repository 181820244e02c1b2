import type MagicString from 'magic-string';
import type {Program} from 'oxc-parser';
import type {AnyNode} from './names.ts';
import {runtime} from './runtime.ts';
import {type OwnFrame, ownFrames} from './stacks.ts';

/**
 * Marks what V8 gives no place to: a value that is no error has no stack, and the stack of an error that a promise brings ends below the
 * cell's own `await`. Each `throw x` passes its value through `throws`, each `await x` of the cell's top level through `awaits`.
 */
export function markPlaces(program: Program, out: MagicString): void {
  if (/\b(?:await|throw)\b/.test(out.original)) visit(program as unknown as AnyNode, out, true);
}

function visit(node: AnyNode, out: MagicString, top: boolean): void {
  const argument = node['argument'] as AnyNode | null | undefined;
  if (node.type === 'ThrowStatement' && argument && argument.type !== 'NewExpression') wrap(argument, 'throws', out);
  if (node.type === 'AwaitExpression' && top && argument) wrap(argument, 'awaits', out);
  if (node.type === 'ForOfStatement' && top && node['await'] === true) wrap(node['right'] as AnyNode, 'awaits', out);
  const isFunction = /Function|^(?:PropertyDefinition|AccessorProperty|StaticBlock)/.test(node.type);
  for (const value of Object.values(node))
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof each === 'object' && each !== null && 'type' in each) visit(each as AnyNode, out, top && !isFunction);
}

function wrap({start, end}: AnyNode, name: string, out: MagicString): void {
  out.appendRight(start, `${runtime}.${name}(`).appendLeft(end, ')');
}

/** Several promises may throw before one of them is heard. */
const mostThrown = 16;
let thrown: {readonly value: unknown; readonly here: Error}[] = [];
let lastAwaited: Error | undefined;
/**
 * What cells await, the last of it: more than shells run at a time. Held, because Node 22 aborts where a promise that the inspector waits for
 * is collected as garbage, as that of a cell is which awaits what nobody else knows.
 */
const mostAwaited = /^v2[23]\./.test(process.version) ? 8 : 0;
const awaited: unknown[] = [];
let awaits = 0;

/** What rewritten code calls. */
export const marks = {
  throws<T>(value: T): T {
    // An error knows its own place.
    if (!(value instanceof Error)) thrown = [{value, here: callersStack(marks.throws)}, ...thrown.slice(0, mostThrown - 1)];
    return value;
  },
  awaits<T>(value: T): T {
    lastAwaited = callersStack(marks.awaits);
    if (mostAwaited) awaited[awaits++ % mostAwaited] = value;
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

/** No cell runs any more. */
export function forgetAwaited(): void {
  awaited.length = 0;
}
