import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {runtime} from '../evaluate/rewrite.ts';
import type {SessionOptions} from '../wire/options.ts';

/** What cells import. */
export class Modules {
  private cellName = 'cell';
  constructor(private readonly options: SessionOptions, private readonly temporary: string) {}

  /** Cells reach imports through one global, `require` through another. */
  install(): void {
    const file = join(this.options.folder, 'notebook.ts');
    const meta = Object.freeze({url: pathToFileURL(file).href, filename: file, dirname: this.options.folder});
    const surface = Object.freeze({meta, import: (specifier: string, names: string[]) => this.import(specifier, names), dynamic: (specifier: unknown) => this.import(String(specifier), [])});
    Object.defineProperty(globalThis, runtime, {value: surface});
    Object.defineProperty(globalThis, 'require', {value: createRequire(file), configurable: true, writable: true});
  }

  enter(name: string): void {
    this.cellName = name;
  }

  private async import(specifier: string, _names: readonly string[]): Promise<object> {
    return (await import(specifier)) as object;
  }
}
