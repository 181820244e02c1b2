import type MagicString from 'magic-string';
import type {Program} from 'oxc-parser';
import {type AnyNode, boundNames} from './names.ts';
import {runtime} from './runtime.ts';

/** What the session and every package find under these names is not for a cell to replace. */
const builtins: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));
/** Those of them that cells declared. */
const shadowed = new Set<string>();

/** Under which name a cell's variable runs: `Set` as `Set` with an invisible letter after it, where a cell declared it. */
export const runtimeName = (name: string): string => (shadowed.has(name) ? renamed(name) : name);
const renamed = (name: string): string => `${name}\u200c`;
const underWhich = (name: string): string => places.get(name) ?? renamed(name);

/** What CommonJS tells a file of its place. Not globals here: packages would take them for their own place. */
const places = new Map([
  ['__dirname', `${runtime}.meta.dirname`],
  ['__filename', `${runtime}.meta.filename`],
]);
/** Those of them that cells declared, as ECMAScript modules do. */
const declaredPlaces = new Set<string>();

/** A cell that declared these names has run. */
export function rememberShadows(names: Iterable<string>): void {
  for (const name of names) {
    if (builtins.has(name)) shadowed.add(name);
    if (places.has(name)) declaredPlaces.add(name);
  }
}

/**
 * A cell may declare `class Set {}` or import a `setTimeout`, as any module may. But what cells declare is in sight of all code of the
 * process, also that of the session and of packages: so such a name runs under another one, in this cell and in later ones.
 */
export function renameShadows(program: Program, out: MagicString): (name: string) => string {
  const body = program.body as unknown as AnyNode[];
  const declared = declaredIn(body, true);
  const here = [...declared].filter(name => builtins.has(name));
  const free = [...places.keys()].filter(name => !declared.has(name) && !declaredPlaces.has(name));
  const names = new Set([...here, ...shadowed, ...free]);
  if (![...names].some(name => out.original.includes(name))) return name => name;
  for (const statement of body) rename(statement, names, out);
  return name => (names.has(name) ? underWhich(name) : name);
}

function rename(node: AnyNode, names: ReadonlySet<string>, out: MagicString): void {
  if (!names.size) return;
  const inner = without(names, ownNames(node));
  switch (node.type) {
    case 'Identifier':
      if (names.has(node['name'] as string)) out.update(node.start, node.end, underWhich(node['name'] as string));
      return;
    case 'MemberExpression':
      rename(node['object'] as AnyNode, names, out);
      if (node['computed']) rename(node['property'] as AnyNode, names, out);
      return;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty': {
      const key = node['key'] as AnyNode;
      const value = node['value'] as AnyNode | null;
      for (const decorator of (node['decorators'] as AnyNode[] | undefined) ?? []) rename(decorator, names, out);
      if (node['computed']) rename(key, names, out);
      // `{Set}` → `{Set: Set'}`
      const name = key['name'] as string;
      if (node['shorthand'] && names.has(name)) out.appendLeft(node.start, `${name}: `);
      if (value) rename(value, names, out);
      return;
    }
    case 'LabeledStatement':
      return rename(node['body'] as AnyNode, names, out);
    case 'ImportDeclaration':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ExportAllDeclaration':
    case 'ExportSpecifier':
      return;
    default:
      for (const [key, value] of Object.entries(node)) {
        // A declaration's own name belongs to the scope around it.
        const scope = key === 'id' && node.type.endsWith('Declaration') ? names : inner;
        for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
          if (typeof each === 'object' && each !== null && 'type' in each) rename(each as AnyNode, scope, out);
      }
  }
}

/** What a node declares for what is in it. */
function ownNames(node: AnyNode): Set<string> {
  const list = (value: unknown): AnyNode[] => (Array.isArray(value) ? (value as AnyNode[]) : value ? [value as AnyNode] : []);
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const params = list(node['params']).flatMap(boundNames);
      const own = node.type === 'FunctionExpression' && node['id'] ? boundNames(node['id'] as AnyNode) : [];
      const body = node['body'] as AnyNode | null;
      return new Set([...params, ...own, ...(body?.type === 'BlockStatement' ? declaredIn(list(body['body']), true) : [])]);
    }
    case 'ClassExpression':
      return new Set(node['id'] ? boundNames(node['id'] as AnyNode) : []);
    case 'BlockStatement':
    case 'StaticBlock':
      return declaredIn(list(node['body']), node.type === 'StaticBlock');
    case 'SwitchStatement':
      return declaredIn(
        list(node['cases']).flatMap(each => list(each['consequent'])),
        false,
      );
    case 'ForStatement':
      return declaredIn(list(node['init']), false);
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaredIn(list(node['left']), false);
    case 'CatchClause':
      return new Set(list(node['param']).flatMap(boundNames));
    default:
      return new Set();
  }
}

/** What statements declare; with the `var` of the blocks in them where they are a function's or the cell's. */
function declaredIn(statements: readonly AnyNode[], vars: boolean, nested = false): Set<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    const inner = (statement['declaration'] ?? statement) as AnyNode;
    const add = (pattern: unknown): void => boundNames(pattern as AnyNode).forEach(name => names.add(name));
    if (inner.type === 'VariableDeclaration') {
      if (inner['kind'] === 'var' ? vars : !nested) for (const {id} of inner['declarations'] as AnyNode[]) add(id);
    } else if (/^(?:Function|Class)Declaration$/.test(inner.type)) {
      if (!nested && inner['id']) add(inner['id']);
    } else if (inner.type === 'ImportDeclaration') {
      for (const {local} of inner['specifiers'] as AnyNode[]) add(local);
    } else if (vars && !/Expression/.test(inner.type)) {
      const children = Object.values(inner)
        .flat()
        .filter(each => typeof each === 'object' && each !== null && 'type' in each);
      for (const name of declaredIn(children as AnyNode[], true, true)) names.add(name);
    }
  }
  return names;
}

function without(names: ReadonlySet<string>, hidden: ReadonlySet<string>): ReadonlySet<string> {
  return hidden.size ? new Set([...names].filter(name => !hidden.has(name))) : names;
}
