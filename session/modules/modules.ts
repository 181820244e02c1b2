import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {inspect} from 'node:util';
import {debugging} from '../evaluate/debugging.ts';
import {decorators} from '../evaluate/decorators.ts';
import {cellDisposables, Disposables} from '../evaluate/disposal.ts';
import {marks} from '../evaluate/marks.ts';
import {runtime} from '../evaluate/runtime.ts';
import {trailFunctions} from '../evaluate/trails.ts';
import {memory} from '../memory/index.ts';
import {whole, wholeNow} from '../life/whole.ts';
import type {Causes} from '../output/causes.ts';
import type {SessionOptions} from '../wire/options.ts';
import {importUrl} from './importing.ts';
import type {Linked, LocalModules, StaticImport} from './local.ts';
import {pickNames} from './names.ts';
import {loadPackage, requireFresh} from './load.ts';
import {Policy} from './policy.ts';
import {Resolver} from './resolve.ts';
import {inertNamespace, Shims} from './shims.ts';

/** `console.log(tensor)` prints its values, not its fields. */
function printTensors(prototype: {toString(): string; readonly isDisposed: boolean}): void {
  Object.defineProperty(prototype, inspect.custom, {
    value(this: typeof prototype) {
      return this.isDisposed ? 'Tensor (disposed)' : this.toString();
    },
    configurable: true,
  });
}

const plotPackage = '@observablehq/plot';
const loadPlotPackage = (path: string): Promise<object> => whole(async () => (await import('./plot.ts')).loadPlot(path));

/** What cells and the learner's own files import. */
export class Modules {
  private readonly policy: Policy;
  private readonly notebook: string;
  private readonly resolver = new Resolver();
  private readonly shims: Shims;
  private loaded: LocalModules | undefined;
  private tensors: object | undefined;

  constructor(
    private readonly options: SessionOptions,
    private readonly temporary: string,
    private readonly causes: Causes,
  ) {
    this.policy = new Policy(options);
    this.shims = new Shims(temporary);
    this.notebook = join(options.folder, 'notebook.ts');
  }

  /** Rewritten cells reach imports through one global, `require` is another. */
  install(): void {
    const surface = {
      import: async (specifier: string, names: readonly string[]) =>
        pickNames(await this.import(specifier, this.notebook), specifier, names),
      dynamic: (specifier: unknown) => this.import(String(specifier), this.notebook),
      dynamicFrom: (importer: string) => (specifier: unknown) => this.import(String(specifier), importer),
      meta: this.metaOf(this.notebook),
      metaOf: (path: string) => this.metaOf(path),
      held: (key: string) => this.shims.held.get(key),
      ...(this.options.debugger ? {debugging} : {}),
      using: (value: unknown) => cellDisposables.u(value),
      awaitUsing: (value: unknown) => cellDisposables.a(value),
      usingCtx: () => new Disposables(),
      ...decorators,
      ...marks,
    };
    Object.defineProperties(surface, Object.getOwnPropertyDescriptors(trailFunctions(this.causes)));
    Object.defineProperty(globalThis, runtime, {value: Object.freeze(surface)});
    const required = Object.assign((specifier: string) => this.require(specifier), {
      resolve: (specifier: string) => this.pathOf(specifier),
      cache: createRequire(this.notebook).cache,
    });
    Object.defineProperty(globalThis, 'require', {value: required, configurable: true, writable: true});
    if (this.policy.restricted && 'getBuiltinModule' in process)
      Reflect.set(process, 'getBuiltinModule', (name: string) => this.require(name));
  }

  private async import(specifier: string, importer: string): Promise<object> {
    this.policy.check(specifier);
    if (this.policy.isInert(specifier)) return inertNamespace;
    this.resolver.refresh();
    const target = this.resolver.resolve(specifier, importer);
    switch (target.kind) {
      case 'backend':
        return this.backend();
      case 'builtin':
        return whole(() => importUrl(target.url));
      case 'local': {
        const modules = await this.local();
        return whole(() => modules.load(target.path), 'file');
      }
      case 'package':
        if (specifier === plotPackage) return loadPlotPackage(target.path);
        return whole(async () => (specifier === 'tslab' ? (await import('./tslab.ts')).loadTslab(target.path) : loadPackage(target.path)));
    }
  }

  private async backend(): Promise<object> {
    // Loaded by the first import: it takes longer than all the rest of the session.
    const {tf, whenLayers, muteTraining} = await whole(async () => (await import('../../backend/index.ts')).loadBackend());
    printTensors(tf.Tensor.prototype);
    // Between a cell and a kernel of TensorFlow lie more calls of tf's own than the ten that V8 takes: the cell would be missing.
    Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
    if (this.options.display && !this.tensors) {
      const {drawTraining} = await whole(() => import('../display/training.ts'));
      whenLayers(drawTraining);
      muteTraining();
    }
    const watch = memory();
    if (watch && !watch.ledger) {
      const [{Ledger}, {tf: core}] = await whole(() => Promise.all([import('../memory/ledger.ts'), import('../../backend/core.ts')]));
      watch.ledger ??= new Ledger(core, watch.host.cause);
    }
    return (this.tensors = tf);
  }

  private async local(): Promise<LocalModules> {
    const {LocalModules} = await whole(() => import('./local.ts'));
    return (this.loaded ??= new LocalModules(this.temporary, this.options.folder, (request, importer) => this.link(request, importer)));
  }

  /** A static import of a local file. */
  private async link({specifier, names}: StaticImport, importer: string): Promise<Linked> {
    this.policy.check(specifier);
    if (this.policy.isInert(specifier)) return {url: this.shims.inertUrl(names)};
    const target = this.resolver.resolve(specifier, importer);
    if (target.kind === 'backend') return {url: this.shims.heldUrl('tensors', await this.backend())};
    if (specifier === plotPackage && target.kind === 'package')
      return {url: this.shims.heldUrl('plot', await loadPlotPackage(target.path))};
    return target.kind === 'local' ? target : {url: target.kind === 'builtin' ? target.url : pathToFileURL(target.path).href};
  }

  private require(specifier: string): unknown {
    this.policy.check(specifier);
    if (this.policy.isInert(specifier)) return inertNamespace;
    this.resolver.refresh();
    const target = this.resolver.resolve(specifier, this.notebook, 'require');
    if (target.kind === 'local') return requireFresh(target.path);
    if (target.kind !== 'backend') return wholeNow(() => requireFresh(target.kind === 'builtin' ? target.url : target.path));
    if (this.tensors) return this.tensors;
    throw new Error(`Expected an import, got require('${specifier}') before it was loaded; write: import * as tf from '${specifier}'`);
  }

  private pathOf(specifier: string): string {
    const target = this.resolver.resolve(specifier, this.notebook, 'require');
    return 'path' in target ? target.path : specifier;
  }

  /** `import.meta`, which V8's REPL mode does not know and a copy would give wrong. */
  private metaOf(path: string): object {
    return Object.freeze({
      url: pathToFileURL(path).href,
      filename: path,
      dirname: dirname(path),
      resolve: (specifier: string) => {
        const target = this.resolver.resolve(specifier, path);
        return 'path' in target ? pathToFileURL(target.path).href : target.kind === 'builtin' ? target.url : specifier;
      },
    });
  }
}
