import type MagicString from 'magic-string';
import type {
  AssignmentExpression,
  EcmaScriptModule,
  Function as FunctionNode,
  ImportDeclaration,
  Program,
  Statement,
  VariableDeclaration,
} from 'oxc-parser';
import {followCode} from './follow.ts';
import {boundNames} from './names.ts';
import {linkNamespaces} from './namespaces.ts';
import {runtime} from './runtime.ts';
import {renameShadows} from './shadow.ts';
import {assignmentTo} from './uninitialized.ts';
import {Vars} from './vars.ts';

interface Rewritten {
  /** Whether the last statement is an expression. */
  readonly showsValue: boolean;
  /** What the cell declares; true: a function, class, enum or namespace, to which a later cell's namespace may add. */
  readonly declared: ReadonlyMap<string, boolean>;
}

/** What is known of a cell beside its JavaScript. */
export interface CellContext {
  /** Functions, classes, enums and namespaces of earlier cells: a namespace of their name adds to them. */
  readonly extensible: ReadonlySet<string>;
  /** Specifiers that only types are imported from: oxc leaves `import 'x'` of them, TypeScript nothing. */
  readonly typesOnly: ReadonlySet<string>;
  /** Whether the TypeScript said `export =`, of which `module.exports =` is left. */
  readonly exportsWhole: boolean;
}

/**
 * Rewrites a cell's JavaScript for V8's REPL mode. That knows no import and no export, and lets a name be declared again only by the same
 * kind of declaration: so `const`, `var` and functions become `let` (functions move to the front, as they are hoisted).
 * Strict, as every TypeScript module is.
 */
export function rewriteCell(
  program: Program,
  module: EcmaScriptModule,
  out: MagicString,
  {extensible, typesOnly, exportsWhole}: CellContext,
): Rewritten {
  const declared = new Map<string, boolean>();
  const extended = linkNamespaces(program, out);
  if (program.hashbang) out.remove(program.hashbang.start, program.hashbang.end);
  const nameOf = renameShadows(program, out);
  const vars = new Vars(out);
  let showsValue = false;
  for (const statement of program.body as Statement[]) {
    const inner = unexport(statement, out);
    if (!inner) continue;
    vars.hoistFrom(inner);
    // A function has moved to the front.
    if (inner.type !== 'EmptyStatement' && inner.type !== 'FunctionDeclaration')
      showsValue = inner.type === 'ExpressionStatement' && !isEnumPart(inner.expression);
    switch (inner.type) {
      case 'ImportDeclaration':
        out.overwrite(
          inner.start,
          inner.end,
          typesOnly.has(inner.source.value) && !inner.specifiers.length ? '' : importCode(inner, nameOf) + ';',
        );
        for (const {local} of inner.specifiers) declared.set(local.name, false);
        // An import is loaded before anything runs, wherever it stands.
        if (inner.start > 0) out.move(inner.start, inner.end, 0);
        break;
      case 'VariableDeclaration':
        declareVariables(inner, out, declared, extended);
        if (isNamespace(inner, extended) && extensible.has(onlyName(inner))) out.remove(inner.start, inner.end);
        break;
      case 'FunctionDeclaration':
        if (!inner.id || !inner.body) break;
        declared.set(inner.id.name, true);
        declareFunction(inner, inner.id, nameOf(inner.id.name), out);
        break;
      case 'ClassDeclaration':
        if (!inner.id) break;
        declared.set(inner.id.name, true);
        if (nameOf(inner.id.name) !== inner.id.name) declareUnder(nameOf(inner.id.name), inner, inner.id, out);
        break;
      case 'ExpressionStatement':
        if (exportsWhole && isModuleExports(inner.expression)) {
          out.overwrite(inner.start, inner.expression.right.start, 'void (').appendLeft(inner.expression.right.end, ')');
          showsValue = false;
        }
    }
  }
  for (const name of vars.names) if (!declared.has(name)) declared.set(name, false);
  followCode(program, out, {isCell: true});
  for (const {start} of module.dynamicImports) out.update(start, start + 'import'.length, `${runtime}.dynamic`);
  for (const {start, end} of module.importMetas) out.update(start, end, `${runtime}.meta`);
  out.prepend(`"use strict"; ${vars.names.size ? `let ${[...vars.names].map(nameOf).join(', ')}; ` : ''}`);
  return {showsValue, declared};
}

function declareVariables(
  node: VariableDeclaration,
  out: MagicString,
  declared: Map<string, boolean>,
  extended: ReadonlySet<string>,
): void {
  const {kind, start, declarations} = node;
  for (const {id, init} of declarations) {
    for (const name of boundNames(id)) declared.set(name, extended.has(name) || isEnum(init));
    if (kind !== 'using' && kind !== 'await using') continue;
    // Disposed of when the cell is over: the value of its last expression is to be seen, and a block would hide the name.
    if (init) out.appendRight(init.start, `${runtime}.${kind === 'using' ? 'using' : 'awaitUsing'}(`).appendLeft(init.end, ')');
  }
  if (kind !== 'var' && kind !== 'let') out.overwrite(start, start + kind.length, 'let');
}

/** `class Set {}` → `let Set' = class Set {};`: it keeps its name. */
function declareUnder(
  runs: string,
  node: {readonly start: number; readonly end: number},
  id: {readonly name: string; readonly start: number; readonly end: number},
  out: MagicString,
): void {
  out.appendRight(node.start, `let ${runs} = `).appendLeft(node.end, ';');
  if (runs !== id.name) out.update(id.start, id.end, id.name);
}

/** `function f() {}` → `let f = function f() {};` at the front. */
function declareFunction(
  node: FunctionNode,
  {name, start, end}: {name: string; start: number; end: number},
  runs: string,
  out: MagicString,
): void {
  declareUnder(runs, node, {name, start, end}, out);
  // Inside a function expression its own name cannot be assigned to. The name that V8 infers is the same.
  const assigned = assignmentTo(name);
  if (assigned.test(out.original.slice(node.start, node.end))) out.remove(start, end);
  if (node.start > 0) out.move(node.start, node.end, 0);
}

/** Takes the `export` off: what it exported, if anything is left. */
function unexport(statement: Statement, out: MagicString): Statement | undefined {
  switch (statement.type) {
    case 'ExportNamedDeclaration':
      if (statement.declaration) {
        out.remove(statement.start, statement.declaration.start);
        return statement.declaration as Statement;
      }
      out.overwrite(statement.start, statement.end, statement.source ? load(statement.source.value) : ';');
      return undefined;
    case 'ExportAllDeclaration':
      out.overwrite(statement.start, statement.end, load(statement.source.value));
      return undefined;
    case 'ExportDefaultDeclaration': {
      const {declaration} = statement;
      out.remove(statement.start, declaration.start);
      if ('id' in declaration && declaration.id) return declaration as Statement;
      out.appendRight(declaration.start, 'void (').appendLeft(declaration.end, ')');
      return undefined;
    }
    default:
      return statement;
  }
}

const load = (specifier: string): string => `void (${imported(specifier)});`;

const imported = (specifier: string, names: readonly string[] = []): string =>
  `await ${runtime}.awaits(${runtime}.import(${JSON.stringify(specifier)}, ${JSON.stringify(names)}))`;

function importCode({source, specifiers}: ImportDeclaration, nameOf: (name: string) => string): string {
  const names: string[] = [];
  const bindings: string[] = [];
  let namespace = '';
  for (const specifier of specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier') {
      namespace = nameOf(specifier.local.name);
      continue;
    }
    const {type} = specifier;
    const name =
      type === 'ImportDefaultSpecifier'
        ? 'default'
        : specifier.imported.type === 'Literal'
          ? specifier.imported.value
          : specifier.imported.name;
    names.push(name);
    bindings.push(`${JSON.stringify(name)}: ${nameOf(specifier.local.name)}`);
  }
  const loaded = imported(source.value, names);
  if (!namespace && !names.length) return `void (${loaded})`;
  const all = namespace ? `let ${namespace} = ${imported(source.value)};` : '';
  return all + (names.length ? `let {${bindings.join(', ')}} = ${loaded}` : '');
}

/** `let N;`, which stands before a namespace's code. */
function isNamespace({declarations}: VariableDeclaration, namespaces: ReadonlySet<string>): boolean {
  const [only] = declarations;
  return declarations.length === 1 && !only!.init && only!.id.type === 'Identifier' && namespaces.has(only!.id.name);
}

const onlyName = ({declarations: [first]}: VariableDeclaration): string => (first?.id.type === 'Identifier' ? first.id.name : '');

type Init = VariableDeclaration['declarations'][number]['init'];

/** `function(E) {…}(E || {})`, which is what an enum becomes. */
function isEnum(node: Init): boolean {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'FunctionExpression') return false;
  return node.arguments.length === 1 && /^(Logical|Object)Expression$/.test(node.arguments[0]!.type);
}

/** The second declaration of an enum: `E = function(E) {…}(E || {})`. */
function isEnumPart(node: Init): boolean {
  return node?.type === 'AssignmentExpression' && node.left.type === 'Identifier' && isEnum(node.right);
}

function isModuleExports(node: Init): node is AssignmentExpression {
  return (
    node?.type === 'AssignmentExpression' &&
    node.left.type === 'MemberExpression' &&
    node.left.object.type === 'Identifier' &&
    node.left.object.name === 'module'
  );
}
