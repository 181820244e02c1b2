import {identifiersOf, parseCell} from './declarations.ts';
import {begins} from './known-lists.ts';

/** What a word that is being written can be completed by, where that is not a matter of the cell around it. */
export type Spot =
  /** A variable that another cell, or none, declared. */
  | {readonly kind: 'name'; readonly word: string}
  /** A member of such a variable. */
  | {readonly kind: 'member'; readonly of: string; readonly word: string};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Where a name is read, by the type of the node around it and by what it is there. */
const read = new Set(
  ['VariableDeclarator.init', 'AssignmentExpression.right', 'ExpressionStatement.expression', 'AwaitExpression.argument']
    .concat(['CallExpression.callee', 'CallExpression.arguments', 'BinaryExpression.left', 'BinaryExpression.right'])
    .concat(['LogicalExpression.left', 'LogicalExpression.right', 'UnaryExpression.argument', 'ParenthesizedExpression.expression'])
    .concat(['ConditionalExpression.test', 'ConditionalExpression.consequent', 'ConditionalExpression.alternate'])
    .concat(['ArrayExpression.elements', 'SpreadElement.argument', 'TemplateLiteral.expressions', 'IfStatement.test']),
);

const isScope = /Function|Class|Block|^(?:For|Switch|Catch|TS(?!As|NonNull|Satisfies)|JSX)/;

/** What stands at a cursor; undefined where only the server can tell: the cell does not parse yet, or has a part in what fits. */
export function spotAt(code: string, cursor: number): Spot | undefined {
  const word = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))?.[0];
  if (!word || /^[\p{ID_Continue}$]/u.test(code.slice(cursor))) return undefined;
  const {program, errors} = parseCell(code);
  if (errors.length) return undefined;
  const path = pathTo(program as unknown as Node, cursor - word.length, cursor);
  const [around, key] = path?.at(-1) ?? [];
  if (!path || !around) return undefined;
  if (around.type === 'MemberExpression' && key === 'property') return memberOf(around, code, word);
  // Functions and blocks have names of their own. What the cell itself declares is mentioned elsewhere in it.
  if (path.some(([{type}]) => isScope.test(type)) || !read.has(`${around.type}.${key}`)) return undefined;
  const begun = [...identifiersOf(`${code.slice(0, cursor - word.length)} ${code.slice(cursor)}`)].some(name => begins(name, word));
  return begun ? undefined : {kind: 'name', word};
}

/** Where the variable is mentioned nowhere else, nothing in the cell declares it or tells more of its type. */
function memberOf({object, computed, optional}: Node, code: string, word: string): Spot | undefined {
  const {type, name, start, end} = object as Node;
  if (type !== 'Identifier' || computed || optional) return undefined;
  const elsewhere = identifiersOf(`${code.slice(0, start)} ${code.slice(end)}`);
  return elsewhere.has(String(name)) ? undefined : {kind: 'member', of: String(name), word};
}

/** From the root to the name that stands there: each node on the way, and the key of the next one in it. */
function pathTo(node: Node, start: number, end: number): (readonly [Node, string])[] | undefined {
  if (node.type === 'Identifier' && node.start === start && node.end === end) return [];
  for (const [key, value] of Object.entries(node))
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof each !== 'object' || each === null || !('type' in each)) continue;
      const child = each as Node;
      const path = child.start <= start && child.end >= end ? pathTo(child, start, end) : undefined;
      if (path) return [[node, key], ...path];
    }
  return undefined;
}
