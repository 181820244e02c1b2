import {inspect} from 'node:util';
import type {ThrownError} from '../wire/messages.ts';
import {codeFrame} from './frame.ts';
import type {Place, Source} from './sources.ts';
import {frameText, ownFrames} from './stacks.ts';

export const interruptedError: ThrownError = {
  name: 'Interrupted',
  message: 'The cell was interrupted.',
  traceback: ['Interrupted: The cell was interrupted. Variables keep their values.'],
};

/** A cell, or a file that it imports, is not TypeScript. */
export class CellSyntaxError extends SyntaxError {
  constructor(readonly thrown: ThrownError) {
    super(thrown.message);
  }
}

const causeDepth = 5;
const longestMessage = 20_000;
const longestTraceback = 200_000;

/** What a cell threw, for people: message, code frame, the learner's own frames, causes. `found` is where V8 met it. */
export function describeThrown(thrown: unknown, found?: {readonly source: Source; readonly place: Place}): ThrownError {
  try {
    if (thrown instanceof CellSyntaxError) return thrown.thrown;
    if (!isError(thrown)) return {name: 'Thrown', message: show(thrown), traceback: [`Thrown: ${show(thrown)}`]};
    const name = text(thrown.name) || 'Error';
    const message = text(thrown.message);
    return {name, message, traceback: cut([...tracebackOf(thrown, 0), ...unparsed(thrown, found)])};
  } catch {
    // A getter or a Proxy of the thrown value throws itself.
    return {name: 'Thrown', message: 'a value that cannot be read', traceback: ['Thrown: a value that cannot be read']};
  }
}

/** The frame of what only V8's parser refuses (decorators, `using`): such an error has no frame of its own. */
function unparsed(error: Error, found?: {readonly source: Source; readonly place: Place}): string[] {
  if (!found || !(error instanceof SyntaxError) || ownFrames(error).length) return [];
  const place = found.source.position(found.place.line, found.place.column);
  return place ? codeFrame(found.source.text, place) : [];
}

function tracebackOf(error: Error, depth: number): string[] {
  const name = text(error.name) || 'Error';
  const message = text(error.message);
  const lines = `${name}${message ? `: ${message}` : ''}`.split('\n');
  const frames = ownFrames(error);
  const first = frames[0];
  if (first) lines.push(...codeFrame(first.source.text, first));
  lines.push(...frames.map(frameText));
  if (error instanceof AggregateError) for (const each of error.errors.slice(0, 5)) lines.push(...nested('one of', each, depth));
  if ('cause' in error && error.cause !== undefined) lines.push(...nested('caused by', error.cause, depth));
  return lines;
}

function nested(relation: string, thrown: unknown, depth: number): string[] {
  if (depth >= causeDepth) return [`${relation} further errors`];
  const [first = '', ...rest] = isError(thrown) ? tracebackOf(thrown, depth + 1) : [show(thrown)];
  return [`${relation} ${first}`, ...rest].map(line => `  ${line}`);
}

const isError = (value: unknown): value is Error => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
const text = (value: unknown): string => (typeof value === 'string' ? shorten(value) : '');
const show = (value: unknown): string => shorten(typeof value === 'string' ? value : inspect(value, {depth: 3}));
const shorten = (long: string): string =>
  long.length > longestMessage ? `${long.slice(0, longestMessage)} … (${long.length} characters)` : long;

/** Errors nested in errors grow fast: as many lines as people may want to read. */
function cut(lines: readonly string[]): string[] {
  let left = longestTraceback;
  const shown = lines.filter(line => (left -= line.length) > 0);
  return shown.length < lines.length ? [...shown, `… ${lines.length - shown.length} more lines`] : shown;
}
