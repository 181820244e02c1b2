import {fileURLToPath} from 'node:url';
import {findSource, type Source} from './sources.ts';

/** A frame in a cell or in one of the learner's own files, with the line that they typed. */
export interface OwnFrame {
  /** The function's name, or ''. */
  readonly what: string;
  readonly source: Source;
  readonly line: number;
  readonly column: number;
}

const framesOf = new WeakMap<object, readonly OwnFrame[]>();
const stackLine = /^\s*at (?:(.*) \()?((?:snapgrid:|file:).*?):(\d+):(\d+)\)?$/;
const ownCode = fileURLToPath(new URL('..', import.meta.url));

/** From now on every error's `stack` names the lines that were typed, also where a cell prints it. */
export function installStacks(): void {
  Error.prepareStackTrace = (error, sites) => {
    const lines: string[] = [];
    const own: OwnFrame[] = [];
    for (const site of sites) {
      const text = String(site);
      if (text.includes('(node:') || text.startsWith('node:') || text.includes(ownCode)) continue;
      const frame = ownFrame(`at ${text}`);
      if (frame) own.push(frame);
      lines.push(frame ? frameText(frame) : `    at ${text}`);
    }
    framesOf.set(error, own);
    return [headOf(error), ...lines].join('\n');
  };
}

/** The learner's own frames of an error, innermost first. */
export function ownFrames(error: Error): readonly OwnFrame[] {
  const stack = stackOf(error); // asked for first: V8 calls prepareStackTrace only then
  const known = framesOf.get(error);
  if (known || typeof stack !== 'string') return known ?? [];
  // A library set its own prepareStackTrace.
  return stack.split('\n').flatMap(line => ownFrame(line) ?? []);
}

/** Says where an error of ours comes from: a file that it names, before the frames that it has. */
export function addFrame(error: Error, frame: OwnFrame): void {
  framesOf.set(error, [frame, ...ownFrames(error)]);
}

/** A getter of the error's, or a prepareStackTrace of the learner's, may throw: its message is still worth showing. */
function stackOf(error: Error): unknown {
  try {
    return error.stack;
  } catch {
    return undefined;
  }
}

export function frameText({what, source, line, column}: OwnFrame): string {
  return `    at ${what ? `${what} ` : ''}(${source.name}:${line}:${column})`;
}

function ownFrame(line: string): OwnFrame | undefined {
  const [, what = '', url = '', row = '', column = ''] = stackLine.exec(line) ?? [];
  const source = findSource(url);
  const place = source?.position(Number(row), Number(column));
  return source && place && {what: functionName(what), source, ...place};
}

/** V8 calls a cell's own top level by names of its REPL mode. */
const functionName = (what: string): string => (/^(async )?(<anonymous>|eval)$/.test(what) ? '' : what.replace(/^async /, ''));

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
