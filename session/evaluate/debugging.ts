import {whole} from '../life/whole.ts';
import {inspect} from 'node:util';
import type {DebugSource} from '../wire/debug.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {CellSyntaxError} from './errors.ts';
import {findSource} from './sources.ts';
import {transpileCell} from './transpile.ts';

const bundles = new Map<number, MimeBundle>();
let shown = 0;

// Taken before any cell can replace them.
const {setTimeout, clearTimeout} = globalThis;
/** How long an import waits for breakpoints at the most: the debugger may have gone. */
const importWaitsMs = 1000;
let announce: ((announcement: string) => void) | undefined;
const imports = new Map<string, () => void>();
let importCount = 0;

/** Copies of the learner's files are about to run: their breakpoints are set before, because nobody could know their URLs. */
export function beforeImport(urls: () => readonly string[]): Promise<void> | undefined {
  const tell = announce;
  if (!tell) return undefined;
  return new Promise(resolve => {
    const waiting = String(++importCount);
    const timer = setTimeout(resolve, importWaitsMs);
    imports.set(waiting, () => {
      clearTimeout(timer);
      imports.delete(waiting);
      resolve();
    });
    tell(JSON.stringify({waiting, urls: urls()}));
  });
}

/** What the host's debugger asks of the main thread, which may be paused: so nothing here waits for anything. */
export const debugging = Object.freeze({
  /** The sources under these URLs. */
  sources(urls: readonly string[]): (DebugSource | null)[] {
    return urls.map(url => {
      const source = findSource(url);
      if (!source) return null;
      const {name, text, file, maps} = source;
      return {name, text, ...(file === undefined ? {} : {file}), mappings: maps().map(map => map.mappings)};
    });
  },

  /** Where the lines of a cell that has not run yet will be; null where it is no TypeScript. */
  mappings(code: string): string[] | null {
    try {
      return transpileCell(code, '')
        .maps()
        .map(map => map.mappings);
    } catch (error) {
      if (error instanceof CellSyntaxError) return null;
      throw error;
    }
  },

  /** An expression's JavaScript: types are taken off where there are any. */
  expression(code: string): string {
    // `{a: 1}` is meant as a value, not as a block.
    for (const each of [`(${code}\n)`, code])
      try {
        return transpileCell(each, '').code;
      } catch {}
    return code; // V8 says what is wrong with it
  },

  /** From now on imports of local files are announced, and wait until they are let on. */
  holdImports(binding?: (announcement: string) => void): void {
    announce = binding;
    if (!binding) for (const letOn of imports.values()) letOn();
  },

  letOn: (waiting: string): void => imports.get(waiting)?.(),

  text: (value: unknown): string => inspect(value, {depth: 3}),

  /** Starts to make a value's display; `shown` gives it, once, under the number that this returns. */
  show(value: unknown): number {
    const id = ++shown;
    const bundle = whole(() => import('../display/bundle.ts')).then(({toBundle}) => toBundle(value));
    void bundle.catch(() => ({'text/plain': inspect(value)})).then(made => bundles.set(id, made));
    return id;
  },

  shown(id: number): MimeBundle | null {
    const bundle = bundles.get(id);
    bundles.delete(id);
    return bundle ?? null;
  },
});
