import {ownFrames} from '../evaluate/stacks.ts';
import {channel} from '../output/channel.ts';

/** How often each key was made in the run of a cell that is going on. */
let made = new Map<string, number>();
let run = -1;

/** Which input this is that is being made: the same again when its cell runs again. `variable` is what it is assigned to. */
export function keyOfNew(kind: string): {readonly key: string | undefined; readonly variable: string} {
  const variable = variableBeingMade();
  const cell = channel()?.cell;
  // A page that does not name its cells (a console) is known by variables alone.
  if (!cell || (!variable && cell.id === undefined)) return {key: undefined, variable};
  if (cell.request !== run) [run, made] = [cell.request, new Map()];
  const base = `${cell.id ?? ''}|${variable}|${kind}`;
  const count = (made.get(base) ?? 0) + 1;
  made.set(base, count);
  return {key: `${base}|${count}`, variable};
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
