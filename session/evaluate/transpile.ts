import MagicString from 'magic-string';
import {type Directive, type ParseResult, parseSync, type Statement} from 'oxc-parser';
import {cellFile, compile, compileOnly, refuse, throughMaps} from './compile.ts';
import {lower} from './lower.ts';
import {rewriteCell} from './rewrite.ts';
import type {LineMap} from './sources.ts';

export interface Transpiled {
  readonly code: string;
  /** Whether the cell ends in an expression: only that is shown, not the value that a loop leaves behind. */
  readonly showsValue: boolean;
  /** What the cell declares; true: a function, class, enum or namespace, to which a later cell's namespace may add. */
  readonly declared: ReadonlyMap<string, boolean>;
  /** From the JavaScript to the TypeScript, map by map. */
  readonly maps: () => readonly LineMap[];
}

/** Where a cell runs. */
export interface CellPlace {
  /** The notebook's. */
  readonly folder?: string;
  /** Functions, classes, enums and namespaces of earlier cells. */
  readonly extensible?: ReadonlySet<string>;
}

/** A cell's TypeScript → JavaScript for V8's REPL mode. @throws CellSyntaxError */
export function transpileCell(source: string, name: string, {folder = process.cwd(), extensible = new Set()}: CellPlace = {}): Transpiled {
  const place = {folder, extensible: /\bnamespace\b/.test(source) ? new Set(extensible) : new Set<string>()};
  const {code, showsValue, declared} = toJavaScript(source, name, place);
  // Made again from the text: of a thousand cells kept for their errors' sake, few ever throw.
  return {code, showsValue, declared, maps: () => toJavaScript(source, name, place).maps()};
}

function toJavaScript(source: string, name: string, {folder, extensible}: Required<CellPlace>): Transpiled {
  const plain = parsePlain(source);
  const code = plain ? source : compileOnly(source, cellFile, name, folder);
  const maps = (): readonly LineMap[] => (plain ? [] : compile(source, cellFile, name, folder).maps);
  const {program, module, errors} = plain ?? parseSync('cell.js', code, {sourceType: 'module'});
  if (!plain) refuse(errors, code, name, {text: source, position: throughMaps(maps)});
  const out = new MagicString(code);
  const {showsValue, declared} = rewriteCell(program, module, out, {
    extensible,
    typesOnly: importedForTypes(source),
    exportsWhole: /\bexport\s*=/.test(source),
  });
  const lowered = lower({code: out.toString(), maps: []});
  return {code: lowered.code, showsValue, declared, maps: () => [...lowered.maps, out.generateMap({hires: 'boundary'}), ...maps()]};
}

/** Types, casts, generics, tags and decorators have one of these. What awaits is rewritten: its places are those of the compiled code. */
const mayBeTyped = /[:<@]|\b(?:as|await|import|export)\b/;

/** A cell of expressions and variables that is JavaScript as it stands, as most short ones are: without types there is nothing to compile. */
function parsePlain(source: string): ParseResult | undefined {
  if (source.length > longestPlain || mayBeTyped.test(source)) return undefined;
  const parsed = parseSync('cell.js', source, {sourceType: 'module'});
  if (parsed.errors.length) return undefined;
  // Of other statements parts are moved or taken out, which needs the semicolons that a compiler writes.
  const {body, hashbang} = parsed.program;
  return !hashbang && body.every(isPlain) ? parsed : undefined;
}

/** It is read twice where it turns out not to be plain. */
const longestPlain = 1000;

const isPlain = (node: Statement | Directive): boolean =>
  node.type === 'ExpressionStatement' || (node.type === 'VariableDeclaration' && (node.kind === 'const' || node.kind === 'let'));

/** Specifiers of which a cell imports nothing but types. */
function importedForTypes(source: string): ReadonlySet<string> {
  const specifiers = new Set<string>();
  if (!/\bimport\s*\{[^}]*\btype\b/.test(source)) return specifiers;
  for (const node of parseSync(cellFile, source, {sourceType: 'module'}).program.body)
    if (node.type === 'ImportDeclaration' && node.specifiers.length)
      if (node.specifiers.every(each => each.type === 'ImportSpecifier' && each.importKind === 'type')) specifiers.add(node.source.value);
  return specifiers;
}
