import MagicString from 'magic-string';
import {parseSync} from 'oxc-parser';
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
  const code = compileOnly(source, cellFile, name, folder);
  const maps = (): readonly LineMap[] => compile(source, cellFile, name, folder).maps;
  const {program, module, errors} = parseSync('cell.js', code, {sourceType: 'module'});
  refuse(errors, code, name, {text: source, position: throughMaps(maps)});
  const out = new MagicString(code);
  const {showsValue, declared} = rewriteCell(program, module, out, {
    extensible,
    typesOnly: importedForTypes(source),
    exportsWhole: /\bexport\s*=/.test(source),
  });
  const lowered = lower({code: out.toString(), maps: []});
  return {code: lowered.code, showsValue, declared, maps: () => [...lowered.maps, out.generateMap({hires: 'boundary'}), ...maps()]};
}

/** Specifiers of which a cell imports nothing but types. */
function importedForTypes(source: string): ReadonlySet<string> {
  const specifiers = new Set<string>();
  if (!/\bimport\s*\{[^}]*\btype\b/.test(source)) return specifiers;
  for (const node of parseSync(cellFile, source, {sourceType: 'module'}).program.body)
    if (node.type === 'ImportDeclaration' && node.specifiers.length)
      if (node.specifiers.every(each => each.type === 'ImportSpecifier' && each.importKind === 'type')) specifiers.add(node.source.value);
  return specifiers;
}
