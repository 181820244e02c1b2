import type MagicString from 'magic-string';
import type {EcmaScriptModule, ImportDeclaration, Program, Statement, TSImportEqualsDeclaration} from 'oxc-parser';
import {Vars} from './vars.ts';

interface Rewritten {
  /** Whether the last statement is an expression. */
  readonly showsValue: boolean;
  /** Names of the enums, which oxc declares with `var`. */
  readonly enums: readonly string[];
}

/** How rewritten code reaches the session's own functions; modules/ defines it. */
export const runtime = '__snapgrid__';

/**
 * Rewrites a cell in place, line for line, for V8's REPL mode. That knows no import and no export, and lets a name be declared again only
 * by the same kind of declaration: so `const`, `var` and functions become `let` (functions move to the front, as they are hoisted).
 */
export function rewriteCell(program: Program, module: EcmaScriptModule, out: MagicString, source: string): Rewritten {
  const enums: string[] = [];
  const vars = new Vars(out);
  let showsValue = false;
  let ran = false;
  for (const statement of program.body as Statement[]) {
    const inner = unexport(statement, out, source);
    if (!inner) continue;
    if (!isTypeOnly(inner)) showsValue = inner.type === 'ExpressionStatement';
    ran ||= inner.type !== 'ImportDeclaration';
    switch (inner.type) {
      case 'ImportDeclaration':
        replace(inner, importCode(inner), out, source);
        // An import is loaded before anything runs, wherever it stands.
        if (ran) out.move(inner.start, inner.end, 0);
        break;
      case 'TSImportEqualsDeclaration':
        rewriteImportEquals(inner, out);
        break;
      case 'VariableDeclaration':
        if (inner.declare) break;
        if (inner.kind === 'var') vars.declaration(inner);
        else if (inner.kind === 'const') out.overwrite(inner.start, inner.start + inner.kind.length, 'let');
        break;
      case 'ForStatement':
        if (inner.init?.type === 'VariableDeclaration') vars.loop(inner.start, inner.init);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (inner.left.type === 'VariableDeclaration') vars.loop(inner.start, inner.left);
        break;
      case 'TSDeclareFunction': // an overload's signature: what it belongs to is an expression now
        replace(inner, '', out, source);
        break;
      case 'FunctionDeclaration':
        if (!inner.id || !inner.body) break;
        out.appendRight(inner.start, `let ${inner.id.name} = `).appendLeft(inner.end, ';');
        if (inner.start > 0) out.move(inner.start, inner.end, 0);
        break;
      case 'TSEnumDeclaration':
        if (!inner.declare) enums.push(inner.id.name);
    }
  }
  for (const {start} of module.dynamicImports) out.overwrite(start, start + 'import'.length, `${runtime}.dynamic`);
  for (const {start, end} of module.importMetas) out.overwrite(start, end, `${runtime}.meta`);
  return {showsValue, enums};
}

/** Takes the `export` off: what it exported, if anything is left. */
function unexport(statement: Statement, out: MagicString, source: string): Statement | undefined {
  switch (statement.type) {
    case 'ExportNamedDeclaration':
      if (statement.declaration) {
        out.remove(statement.start, statement.declaration.start);
        return statement.declaration as Statement;
      }
      replace(statement, statement.source && statement.exportKind !== 'type' ? load(statement.source.value) : '', out, source);
      return undefined;
    case 'ExportAllDeclaration':
      replace(statement, statement.exportKind === 'type' ? '' : load(statement.source.value), out, source);
      return undefined;
    case 'ExportDefaultDeclaration': {
      const {declaration} = statement;
      out.remove(statement.start, declaration.start);
      if ('id' in declaration && declaration.id) return declaration as Statement;
      out.appendRight(declaration.start, 'void (').appendLeft(declaration.end, ')');
      return undefined;
    }
    case 'TSExportAssignment':
    case 'TSNamespaceExportDeclaration':
      replace(statement, '', out, source);
      return undefined;
    default:
      return statement;
  }
}

const load = (specifier: string): string => `void (await ${runtime}.import(${JSON.stringify(specifier)}, []));`;

function importCode({source, specifiers, importKind}: ImportDeclaration): string {
  const values = specifiers.filter(s => s.type !== 'ImportSpecifier' || s.importKind !== 'type');
  if (importKind === 'type' || (specifiers.length && !values.length)) return '';
  const names: string[] = [];
  const bindings: string[] = [];
  let namespace = '';
  for (const specifier of values) {
    if (specifier.type === 'ImportNamespaceSpecifier') {
      namespace = specifier.local.name;
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
    bindings.push(`${JSON.stringify(name)}: ${specifier.local.name}`);
  }
  const loaded = `await ${runtime}.import(${JSON.stringify(source.value)}, ${JSON.stringify(names)})`;
  if (!namespace && !names.length) return `void (${loaded});`;
  const all = namespace ? `let ${namespace} = await ${runtime}.import(${JSON.stringify(source.value)}, []);` : '';
  return all + (names.length ? `let {${bindings.join(', ')}} = ${loaded};` : '');
}

/** `import fs = require('fs')`, `import A = B.C` */
function rewriteImportEquals({start, id, importKind, moduleReference, end}: TSImportEqualsDeclaration, out: MagicString): void {
  if (importKind === 'type') return void out.remove(start, end);
  out.overwrite(start, id.start, 'let ');
  if (moduleReference.type === 'TSExternalModuleReference')
    out.overwrite(moduleReference.start, moduleReference.expression.start, 'require(');
}

/** Puts code in a node's place that ends on the line where the node ended. */
function replace({start, end}: {start: number; end: number}, code: string, out: MagicString, source: string): void {
  const lines = source.slice(start, end).split('\n').length - 1;
  const text = code + '\n'.repeat(lines);
  if (text) out.overwrite(start, end, text);
  else out.remove(start, end);
}

function isTypeOnly(statement: Statement): boolean {
  return (
    statement.type === 'TSInterfaceDeclaration' ||
    statement.type === 'TSTypeAliasDeclaration' ||
    statement.type === 'EmptyStatement' ||
    statement.type === 'TSDeclareFunction' ||
    statement.type === 'FunctionDeclaration' ||
    ('declare' in statement && statement.declare === true)
  );
}
