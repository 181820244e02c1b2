import type MagicString from 'magic-string';
import type {Expression, Program} from 'oxc-parser';

/** `(function(_N) {…})(N || (N = {}))`, which is what one block of a namespace becomes. */
interface Block {
  readonly name: string;
  /** What stands between the function's braces. */
  readonly start: number;
  readonly end: number;
  readonly parameter: string;
}

/**
 * The namespaces that a cell's JavaScript fills. A block sees what earlier blocks of its namespace export, which oxc leaves out: it is put
 * at the block's front.
 */
export function linkNamespaces({body}: Program, out: MagicString): ReadonlySet<string> {
  const exported = new Map<string, Set<string>>();
  for (const statement of body) {
    const block = statement.type === 'ExpressionStatement' ? blockOf(statement.expression) : undefined;
    if (!block) continue;
    const {name, start, end, parameter} = block;
    const text = out.original.slice(start, end);
    const own = new Set(
      Array.from(text.matchAll(new RegExp(`(?<![\\w$.])${parameter}\\.([\\p{ID_Continue}$]+) = `, 'gu')), match => match[1]!),
    );
    const earlier = exported.get(name) ?? new Set();
    const used = [...earlier].filter(
      each =>
        !own.has(each) &&
        !declares(text, each) &&
        new RegExp(`(?<![\\p{ID_Continue}$.])${each.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`, 'u').test(text),
    );
    if (used.length) out.appendLeft(start, ` const {${used.join(', ')}} = ${parameter};`);
    exported.set(name, new Set([...earlier, ...own]));
  }
  return new Set(exported.keys());
}

const declares = (text: string, name: string): boolean =>
  new RegExp(`\\b(?:const|let|var|function\\*?|class)\\s+${name.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`, 'u').test(text);

function blockOf(expression: Expression): Block | undefined {
  if (expression.type !== 'CallExpression') return undefined;
  const {
    callee,
    arguments: [filled],
  } = expression;
  const made = callee.type === 'ParenthesizedExpression' ? callee.expression : callee;
  if (made.type !== 'FunctionExpression' || !made.body || made.params.length !== 1) return undefined;
  const [parameter] = made.params;
  if (parameter?.type !== 'Identifier' || filled?.type !== 'LogicalExpression' || filled.left.type !== 'Identifier') return undefined;
  const {right} = filled;
  const assigned = right.type === 'ParenthesizedExpression' ? right.expression : right;
  if (assigned.type !== 'AssignmentExpression' || assigned.left.type !== 'Identifier' || assigned.left.name !== filled.left.name)
    return undefined;
  return {name: filled.left.name, start: made.body.start + 1, end: made.body.end - 1, parameter: parameter.name};
}
