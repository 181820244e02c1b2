import {ownFrames} from '../evaluate/stacks.ts';
import {channel} from '../output/channel.ts';

interface Kept {
  readonly initial: unknown;
  readonly value: unknown;
}

/** Where readers left the inputs, by cell and variable: an input made again starts there. */
const kept = new Map<string, Kept>();
/** How often each key was made in the run of a cell that is going on. */
let made = new Map<string, number>();
let run = -1;

/** Which input this is that is being made: the same again when its cell runs again. `variable` is what it is assigned to. */
export function keyOfNew(kind: string): {readonly key: string | undefined; readonly variable: string} {
  const variable = variableBeingMade();
  const {request = -1, id} = channel()?.cell ?? {};
  if (request !== run) [run, made] = [request, new Map()];
  // A page that does not name its cells (a console) is known by variables alone.
  if (!variable && id === undefined) return {key: undefined, variable};
  const base = `${id ?? ''}|${variable}|${kind}`;
  const count = (made.get(base) ?? 0) + 1;
  made.set(base, count);
  return {key: `${base}|${count}`, variable};
}

/** undefined also where its cell now starts it elsewhere: that was changed on purpose. */
export function keptValue(key: string, initial: unknown): unknown {
  const found = kept.get(key);
  return found && Object.is(found.initial, initial) ? found.value : undefined;
}

export function keepValue(key: string, initial: unknown, value: unknown): void {
  kept.set(key, {initial, value});
}

const assigned = /([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=;(){}]*)?=\s*(?:[\p{ID_Continue}$]+\s*\.\s*)?$/u;

/** `bits` of `const bits = slider(…)`, where the learner's code that is running says so. */
function variableBeingMade(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  const frame = ownFrames(new Error('where'))[0];
  Error.stackTraceLimit = limit;
  if (!frame) return '';
  const lines = frame.source.text.split('\n').slice(0, frame.line);
  const before = [...lines.slice(-3, -1), (lines.at(-1) ?? '').slice(0, frame.column - 1)].join('\n');
  return assigned.exec(before)?.[1] ?? '';
}
