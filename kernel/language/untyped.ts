import type {CompletionItem, CompletionList} from './completion.ts';
import {spotAt} from './spot.ts';

const kinds = {function: 3, member: 5, variable: 6} as const;

/**
 * What can stand at a cursor, as far as it is known without types: the names of earlier cells and of Node's globals, and the members of the
 * latter, which are here what they are in the session.
 */
export function untypedList(code: string, units: number, declared: ReadonlySet<string>): CompletionList {
  // Where nothing is typed yet, as if a letter were.
  const spot = spotAt(code, units) ?? spotAt(`${code.slice(0, units)}x${code.slice(units)}`, units + 1);
  if (!spot) return {isIncomplete: true, items: []};
  if (spot.kind === 'member') return {isIncomplete: true, items: declared.has(spot.of) ? [] : membersOf(builtin(spot.of), kinds.member)};
  const own = [...declared].map(label => ({label, kind: kinds.variable}));
  return {isIncomplete: true, items: [...own, ...membersOf(globalThis, kinds.variable).filter(({label}) => !declared.has(label))]};
}

/** No getter is asked. */
const builtin = (name: string): unknown => Object.getOwnPropertyDescriptor(globalThis, name)?.value;

function membersOf(value: unknown, kind: 5 | 6): CompletionItem[] {
  const found = new Map<string, CompletionItem>();
  for (let owner: unknown = value; owner !== null && owner !== undefined; owner = Object.getPrototypeOf(owner))
    for (const [label, {value: member}] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
      if (!found.has(label)) found.set(label, {label, kind: typeof member === 'function' ? kinds.function : kind});
  return [...found.values()];
}
