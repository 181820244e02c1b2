import type {DebugSource} from '../wire/debug.ts';
import {CellSyntaxError} from './errors.ts';
import {findSource} from './sources.ts';
import {transpileCell} from './transpile.ts';

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
    try {
      return transpileCell(code, '').code;
    } catch {
      return code; // V8 says what is wrong with it
    }
  },
});
