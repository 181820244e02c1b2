import {parseSync} from 'oxc-parser';
import {type AnyNode, boundNames} from './names.ts';
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

/** Variables that a cell assigns to: `x = 1`, `x++`, `[x, {y}] = z`, `for (x of z)`. None where it does not parse. */
export function assignedNames(code: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: AnyNode): void => {
    const {type} = node;
    const target =
      type === 'UpdateExpression'
        ? node['argument']
        : /^(?:AssignmentExpression|For(?:In|Of)Statement)$/.test(type)
          ? node['left']
          : undefined;
    if (target) for (const name of boundNames(target)) names.add(name);
    for (const value of Object.values(node))
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
        if (typeof each === 'object' && each !== null && 'type' in each) visit(each as AnyNode);
  };
  const [parsed] = ['cell.ts', 'cell.tsx'].map(file => parseSync(file, code, {sourceType: 'module'})).filter(({errors}) => !errors.length);
  if (parsed) visit(parsed.program as unknown as AnyNode);
  return names;
}

/** Matches code that assigns to a variable: `x = 1`, `x += 1`, `x++`, `--x`. */
export function assignmentTo(name: string): RegExp {
  const escaped = name.replace(/\$/g, '\\$');
  return new RegExp(
    `(?<![\\p{ID_Continue}$.])(?:${escaped}\\s*(?:[-+*/%&|^?<>]*=(?![=>])|\\+\\+|--)|(?:\\+\\+|--)\\s*${escaped}(?![\\p{ID_Continue}$]))`,
    'u',
  );
}
