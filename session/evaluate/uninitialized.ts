import {runtimeName} from './shadow.ts';

/** Notes which of these names, declared by a cell that failed, V8 holds for declared and not yet initialized. */
export function noteUninitialized(names: Iterable<string>, uninitialized: Set<string>): void {
  for (const name of names)
    try {
      // oxlint-disable-next-line no-eval -- only eval reaches `let` and `class` of the global scope; the parser said that it is a name
      (0, eval)(runtimeName(name));
      uninitialized.delete(name);
    } catch (error) {
      if (error instanceof ReferenceError) uninitialized.add(name);
    }
}

/** Matches code that assigns to a variable: `x = 1`, `x += 1`, `x++`, `--x`. */
export function assignmentTo(name: string): RegExp {
  const escaped = name.replace(/\$/g, '\\$');
  return new RegExp(
    `(?<![\\p{ID_Continue}$.])(?:${escaped}\\s*(?:[-+*/%&|^?<>]*=(?![=>])|\\+\\+|--)|(?:\\+\\+|--)\\s*${escaped}(?![\\p{ID_Continue}$]))`,
    'u',
  );
}
