import {inspect} from 'node:util';
import type {ThrownError} from '../wire/messages.ts';
import {codeFrame} from './frame.ts';
import {hintForError} from './hints.ts';
import {placeOfAwait, placeOfThrow} from './marks.ts';
import type {Place, Source} from './sources.ts';
import {type OwnFrame, frameText, ownFrames} from './stacks.ts';

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
/** As many as V8 takes by itself. */
const mostFrames = 10;
const longestMessage = 20_000;
const longestTraceback = 200_000;

/** What a cell threw, for people: message, code frame, the learner's own frames, causes. `found` is where V8 met it. */
export function describeThrown(thrown: unknown, found?: {readonly source: Source; readonly place: Place}): ThrownError {
  try {
    if (thrown instanceof CellSyntaxError) return thrown.thrown;
    if (!isError(thrown)) return describeValue(thrown, found?.source);
    const name = nameOf(thrown);
    const message = text(read(thrown, 'message'));
    const hint = hintForError(name, message);
    const lines = tracebackOf(thrown, 0, found?.source);
    const frame = unparsed(thrown, found);
    // Of an import that names what is not exported, the await already told the place.
    if (!frame.every(line => lines.includes(line))) lines.push(...frame);
    return {name, message, traceback: cut(hint ? [...lines, hint] : lines)};
  } catch {
    // A getter or a Proxy of the thrown value throws itself.
    return {name: 'Thrown', message: 'a value that cannot be read', traceback: ['Thrown: a value that cannot be read']};
  }
}

/** `throw 'text'`: V8 keeps no place for it. */
function describeValue(thrown: unknown, source: Source | undefined): ThrownError {
  const frames = placeOfThrow(thrown);
  const shown = show(thrown);
  const lines = frames.length ? framesText(frames) : awaitedIn(source);
  return {name: 'Thrown', message: shown, traceback: cut([...`Thrown: ${shown}`.split('\n'), ...lines])};
}

/** The frame of what only V8's parser refuses: such an error has no frame of its own. */
function unparsed(error: Error, found?: {readonly source: Source; readonly place: Place}): string[] {
  if (!found || !(error instanceof SyntaxError) || ownFrames(error).length) return [];
  const place = found.source.position(found.place.line, found.place.column);
  return place ? codeFrame(found.source.text, place) : [];
}

function tracebackOf(error: Error, depth: number, running?: Source): string[] {
  const message = text(read(error, 'message'));
  const lines = `${nameOf(error)}${message ? `: ${message}` : ''}`.split('\n');
  const frames = ownFrames(error);
  lines.push(...framesText(frames));
  const errors = error instanceof AggregateError ? read(error, 'errors') : undefined;
  // Its stack ends where a promise brought it: the cell that awaited is missing.
  if (running && !Array.isArray(errors) && !frames.some(({source, what}) => source === running && !what))
    lines.push(...awaitedIn(running, frames.length > 0));
  if (Array.isArray(errors)) for (const each of errors.slice(0, 5)) lines.push(...nested('one of', each, depth));
  const cause = read(error, 'cause');
  if (cause !== undefined) lines.push(...nested('caused by', cause, depth));
  return lines;
}

function framesText(frames: readonly OwnFrame[]): string[] {
  const [first] = frames;
  return first ? [...codeFrame(first.source.text, first), ...frames.slice(0, mostFrames).map(frameText)] : [];
}

/** The `await` of the running cell that brought an error. */
function awaitedIn(running: Source | undefined, shown = false): string[] {
  const frame = placeOfAwait();
  if (!frame || frame.source !== running) return [];
  return shown ? [frameText(frame)] : framesText([frame]);
}

/** A property of an error, which may be a getter that throws. */
function read(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
}

const nameOf = (error: Error): string => text(read(error, 'name')) || 'Error';

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
