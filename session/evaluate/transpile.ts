import MagicString from 'magic-string';
import {SourceMap} from 'node:module';
import {parseSync} from 'oxc-parser';
import {transformSync} from 'oxc-transform';
import {CellSyntaxError} from './errors.ts';
import {codeFrame} from './frame.ts';
import {rewriteCell} from './rewrite.ts';
import type {Place, Source} from './sources.ts';

export interface Transpiled {
  readonly code: string;
  /** Whether the cell ends in an expression: only that is shown, not the value that a loop leaves behind. */
  readonly showsValue: boolean;
  position(line: number, column: number): Place | undefined;
}

/** A cell's TypeScript → JavaScript for V8's REPL mode. @throws CellSyntaxError */
export function transpileCell(source: string, name: string): Transpiled {
  const {rewritten, typescript, showsValue, enums, code, errors} = toJavaScript(source, name);
  const original = throughMaps(() => [typescriptMap(rewritten)]);
  refuse(errors, typescript, name, {text: source, position: original});
  return {
    code: enums.reduce(redeclarableEnum, code),
    showsValue,
    // Made again from the text: of a thousand cells kept for their errors' sake, few ever throw.
    position: throughMaps(() => {
      const again = toJavaScript(source, name);
      return [again.map, typescriptMap(again.rewritten)];
    }),
  };
}

function toJavaScript(source: string, name: string) {
  // sourceType module allows import and top-level await; its strictness is not asked of cells.
  const parsed = parseSync('cell.ts', source, {sourceType: 'module'});
  refuse(parsed.errors, source, name);
  const rewritten = new MagicString(source);
  const {showsValue, enums} = rewriteCell(parsed.program, parsed.module, rewritten, source);
  const typescript = rewritten.toString();
  const transformed = transformSync('cell.ts', typescript, {
    sourcemap: true,
    sourceType: 'module',
    typescript: {onlyRemoveTypeImports: true},
  });
  return {rewritten, typescript, showsValue, enums, ...transformed};
}

const typescriptMap = (rewritten: MagicString): unknown => rewritten.generateMap({hires: 'boundary', source: 'cell.ts'});

/** oxc writes `var E = function(E) {…}(E || {})`; REPL mode lets only `let` be declared again, and an earlier cell's members must not stay. */
function redeclarableEnum(code: string, name: string): string {
  const start = code.indexOf(`var ${name} = /* @__PURE__ */ function(${name}) {`);
  const end = code.indexOf(`\n}(${name} || {});`, start);
  if (start < 0 || end < 0) return code;
  return `${code.slice(0, start)}let ${code.slice(start + 4, end)}\n}({});${code.slice(end + `\n}(${name} || {});`.length)}`;
}

/** From a place in the JavaScript through each map in turn to the one in the TypeScript. The maps are made when an error asks for them, and not kept. */
export function throughMaps(make: () => readonly unknown[]): (line: number, column: number) => Place | undefined {
  let kept: WeakRef<SourceMap[]> | undefined;
  return (line, column) => {
    let maps = kept?.deref();
    if (!maps) {
      maps = make().map(map => new SourceMap(map as ConstructorParameters<typeof SourceMap>[0]));
      kept = new WeakRef(maps);
    }
    let place = {line: line - 1, column: column - 1};
    for (const map of maps) {
      const entry = map.findEntry(place.line, place.column);
      if (!('originalLine' in entry)) return undefined;
      place = {line: entry.originalLine, column: entry.originalColumn};
    }
    return {line: place.line + 1, column: place.column + 1};
  };
}

interface OxcError {
  readonly severity: string;
  readonly message: string;
  readonly labels: readonly {readonly start: number}[];
  readonly helpMessage: string | null;
}

/** @param typed where `source` was rewritten: what was typed. @throws CellSyntaxError for the first error, with its line */
export function refuse(errors: readonly OxcError[], source: string, name: string, typed?: Omit<Source, 'name'>): void {
  const error = errors.find(e => e.severity === 'Error');
  if (!error) return;
  const before = source.slice(0, error.labels[0]?.start ?? 0).split('\n');
  const rewritten = {line: before.length, column: before.at(-1)!.length + 1};
  const place = typed?.position(rewritten.line, rewritten.column) ?? rewritten;
  const hint = error.helpMessage ? [error.helpMessage] : [];
  const message = `${error.message} (${name}, line ${place.line})`;
  throw new CellSyntaxError({
    name: 'SyntaxError',
    message,
    traceback: [`SyntaxError: ${message}`, ...codeFrame(typed?.text ?? source, place), ...hint],
  });
}
