import {inspect} from 'node:util';
import type {ThrownError} from '../wire/messages.ts';
import {codeFrame} from './frame.ts';
import {frameText, ownFrames} from './stacks.ts';

export const interruptedError: ThrownError = {
  name: 'Interrupted',
  message: 'The cell was interrupted.',
  traceback: ['Interrupted: The cell was interrupted. Variables keep their values.'],
};

const causeDepth = 5;

/** What a cell threw, for people: message, code frame, the learner's own frames, causes. */
export function describeThrown(thrown: unknown): ThrownError {
  try {
    if (!isError(thrown)) return {name: 'Thrown', message: show(thrown), traceback: [`Thrown: ${show(thrown)}`]};
    const name = text(thrown.name) || 'Error';
    const message = text(thrown.message);
    return {name, message, traceback: tracebackOf(thrown, 0)};
  } catch {
    // A getter or a Proxy of the thrown value throws itself.
    return {name: 'Thrown', message: 'a value that cannot be read', traceback: ['Thrown: a value that cannot be read']};
  }
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
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const show = (value: unknown): string => (typeof value === 'string' ? value : inspect(value, {depth: 3}));
