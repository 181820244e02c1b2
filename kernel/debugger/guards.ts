import {type Node, parseSync} from 'oxc-parser';
import type {Place} from './positions.ts';

/** Code as it was typed. */
interface Typed {
  readonly path: string;
  readonly text: string;
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * Whether what is thrown at this place, or by what is called there, is handed to a handler of the same function:
 * there is a `try` with a `catch` around it, or a promise's `catch` behind it.
 */
export function isGuarded({path, text}: Typed, place: Place): boolean {
  const at = offsetOf(text, place);
  let node: unknown = parseSync(/\.[cm]?[jt]sx?$/.test(path) ? path : 'cell.ts', text, {sourceType: 'module'}).program;
  let guarded = false;
  while (isNode(node)) {
    if (functions.has(node.type)) guarded = false;
    const child = childAt(node, at);
    if (child && guards(node, child)) guarded = true;
    node = child;
  }
  return guarded;
}

function guards(node: Node, child: Node): boolean {
  if (node.type === 'TryStatement') return node.handler !== null && node.block === child;
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') return false;
  const {name} = node.callee.property;
  if (name === 'allSettled') return child !== node.callee;
  return child === node.callee && (name === 'catch' || (name === 'then' && node.arguments.length > 1));
}

/** The innermost child that holds the place. */
function childAt(node: Node, at: number): Node | undefined {
  for (const value of Object.values(node))
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each) && each.start <= at && at < each.end) return each;
  return undefined;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

function offsetOf(text: string, {line, column}: Place): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column;
}
