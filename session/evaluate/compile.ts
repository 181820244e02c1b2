import {SourceMap} from 'node:module';
import {parseSync} from 'oxc-parser';
import {type HelperMode, type TransformOptions, type TransformResult, transformSync} from 'oxc-transform';
import {CellSyntaxError} from './errors.ts';
import {codeFrame} from './frame.ts';
import {hintForLine} from './hints.ts';
import {decoratorOptions, jsxOptions} from './project-options.ts';
import {runtime} from './runtime.ts';
import type {LineMap, Place, Source} from './sources.ts';

/** JavaScript, and the source maps that lead back from it, the last step's first. */
export interface Compiled {
  readonly code: string;
  readonly maps: readonly LineMap[];
}

/** Cells are compiled under this name. */
export const cellFile = 'cell.ts';

/** TypeScript → JavaScript without types. @param name what people call the source; `folder` has its tsconfig.json. @throws CellSyntaxError */
export function compile(source: string, file: string, name: string, folder: string): Compiled {
  const {code, map} = transform(source, file, name, folder, true);
  return {code, maps: map ? [map] : []};
}

/** The same where the way back is not wanted yet: to write it down takes half of the time. */
export function compileOnly(source: string, file: string, name: string, folder: string): string {
  return transform(source, file, name, folder, false).code;
}

function transform(source: string, file: string, name: string, folder: string, sourcemap: boolean): Pick<TransformResult, 'code' | 'map'> {
  const isTypeScript = /\.[cm]?tsx?$/.test(file);
  const options: TransformOptions = {
    sourcemap,
    sourceType: 'module',
    // An import that is unused in its own cell survives: a later cell uses it.
    ...(file === cellFile ? {typescript: {onlyRemoveTypeImports: true}} : {}),
    ...(isTypeScript && mayDecorate.test(source) ? decoratorOptions(folder) : {}),
    helpers: {mode: 'External' as HelperMode.External},
  };
  let result = transformSync(file, source, file.endsWith('x') ? {...options, ...jsxOptions(source, folder)} : options);
  // A cell has tags where it makes sense only with them: otherwise `<T>x` is a cast.
  if (file === cellFile && result.errors.some(isError) && hasTags(source))
    result = transformSync(`${file}x`, source, {...options, ...jsxOptions(source, folder)});
  refuse(result.errors, source, name);
  return {code: result.code.replaceAll('babelHelpers.', `globalThis.${runtime}.`), ...(result.map ? {map: result.map} : {})};
}

/** Most code has no decorators. */
export const mayDecorate = /@\s*[\p{ID_Start}$_([]/u;

/** From a place in the JavaScript through each map in turn to the one in the TypeScript. The maps are made when an error asks for them, and not kept. */
export function throughMaps(make: () => readonly LineMap[]): (line: number, column: number) => Place | undefined {
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
export function refuse(errors: readonly OxcError[], source: string, name: string, typed?: Pick<Source, 'text' | 'position'>): void {
  const error = errors.find(isError);
  if (!error) return;
  const before = source.slice(0, error.labels[0]?.start ?? 0).split('\n');
  const rewritten = {line: before.length, column: before.at(-1)!.length + 1};
  const place = typed?.position(rewritten.line, rewritten.column) ?? rewritten;
  const line = (typed?.text ?? source).split(/\r?\n/)[place.line - 1] ?? '';
  const hint = hintForDecorator(error.message) ?? hintForLine(line, place.column) ?? error.helpMessage;
  const message = `${error.message} (${name}, line ${place.line})`;
  throw new CellSyntaxError({
    name: 'SyntaxError',
    message,
    traceback: [`SyntaxError: ${message}`, ...codeFrame(typed?.text ?? source, place), ...(hint ? [hint] : [])],
  });
}

const hintForDecorator = (message: string): string | undefined =>
  /decorator/i.test(message)
    ? 'Decorators of parameters are TypeScript’s own: put {"compilerOptions": {"experimentalDecorators": true}} into tsconfig.json.'
    : undefined;

const isError = ({severity}: OxcError): boolean => severity === 'Error';

/** Whether it stops being an error when it is read as TSX. */
const hasTags = (source: string): boolean =>
  /<[\p{L}>]/u.test(source) && !parseSync('cell.tsx', source, {sourceType: 'module'}).errors.length;
