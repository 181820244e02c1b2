import {existsSync} from 'node:fs';
import {createRequire, isBuiltin} from 'node:module';
import {dirname, extname, join, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {ResolverFactory} from 'oxc-resolver';
import {wholeNow} from '../life/whole.ts';
import {nearestFile, nearestPackage} from './nearest.ts';

/** Where a specifier leads. */
export type Target =
  | {readonly kind: 'backend'}
  | {readonly kind: 'builtin'; readonly url: string}
  /** The learner's own file: read again at every import. */
  | {readonly kind: 'local'; readonly path: string}
  /** A file of a package, loaded once by Node. */
  | {readonly kind: 'package'; readonly path: string};

/** The package or file is not there. */
export class ModuleNotFound extends Error {
  override name = 'ModuleNotFound';
  readonly code = 'ERR_MODULE_NOT_FOUND';
}

export type Loading = 'import' | 'require';

const backends = new Set(['@tensorflow/tfjs', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']);
const ownFolder = dirname(fileURLToPath(import.meta.url));

/** Resolves from the notebook's folder first, then from snapgrid's own packages. */
export class Resolver {
  private readonly factories: Partial<Record<Loading, ResolverFactory>> = {};

  /** Forgets what was there: packages are installed and files are renamed while a notebook is open. */
  refresh(): void {
    for (const each of Object.values(this.factories)) each.clearCache();
  }

  /** @param importer the file that imports. @throws ModuleNotFound that says what to install */
  resolve(specifier: string, importer: string, loading: Loading = 'import'): Target {
    if (backends.has(specifier)) return {kind: 'backend'};
    if (isBuiltin(specifier)) return {kind: 'builtin', url: specifier.startsWith('node:') ? specifier : `node:${specifier}`};
    const request = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
    // Tensors made by two copies of tfjs do not mix, and lessons belong to this snapgrid: both are always our own.
    const own = /^(snapgrid|@tensorflow\/tfjs[^/]*)(\/|$)/.test(request);
    const path = own
      ? findNamed(request)
      : (this.find(request, importer, loading) ?? (isBare(request) ? this.findOwn(request, loading) : undefined));
    if (!path) throw notFound(specifier, importer);
    const local = !own && !path.includes(`${sep}node_modules${sep}`) && !isOwnBuild(path);
    return {kind: local ? 'local' : 'package', path};
  }

  private find(request: string, importer: string, loading: Loading): string | undefined {
    const resolver = this.factory(loading);
    // The second way knows the `paths` of a tsconfig.json, and fails where that is broken.
    return (
      resolver.sync(dirname(importer), request).path ?? (isBare(request) ? resolver.resolveFileSync(importer, request).path : undefined)
    );
  }

  private findOwn(request: string, loading: Loading): string | undefined {
    return this.factory(loading).sync(ownFolder, request).path;
  }

  private factory(loading: Loading): ResolverFactory {
    return (this.factories[loading] ??= makeFactory(loading));
  }
}

const requireOwn = createRequire(import.meta.url);

/** Of our own packages: Node finds them itself, in less time than the resolver takes to be loaded. */
function findNamed(request: string): string | undefined {
  try {
    return requireOwn.resolve(request);
  } catch {
    return undefined;
  }
}

const isBare = (specifier: string): boolean => !/^(\.{0,2}\/|\.{1,2}$|[a-zA-Z]:[\\/])/.test(specifier);

/** Compiled code of snapgrid itself. */
const isOwnBuild = (path: string): boolean => path.startsWith(dirname(dirname(ownFolder)) + sep);

function makeFactory(loading: Loading): ResolverFactory {
  // Loaded by the first import, and by `require`, which cannot wait.
  const {ResolverFactory} = wholeNow(() => createRequire(import.meta.url)('oxc-resolver') as typeof import('oxc-resolver'));
  return new ResolverFactory({
    conditionNames: ['node', loading],
    mainFields: ['main'],
    tsconfig: 'auto',
    extensions: ['.ts', '.mts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.node'],
    extensionAlias: {'.js': ['.ts', '.tsx', '.js'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs']},
  });
}

function notFound(specifier: string, importer: string): ModuleNotFound {
  const folder = dirname(importer);
  if (!isBare(specifier)) {
    const tried = extname(specifier) ? '' : ' (tried .ts, .mts, .tsx, .js, .mjs, .cjs, .json)';
    return new ModuleNotFound(
      `Expected a file at ${join(folder, specifier)}${tried}, found none.${didYouMean(nearestFile(folder, specifier))} Relative imports start at ${folder}.`,
    );
  }
  if (/^[a-z][a-z+.-]*:|^$/i.test(specifier))
    return new ModuleNotFound(
      `Expected a package, a file or a module of Node (node:fs), got '${specifier}'.${didYouMean(nearestPackage(specifier, folder))} Download what has a URL, and import the file.`,
    );
  if (/^snapgrid(\/|$)/.test(specifier))
    return new ModuleNotFound(
      `Expected a part of snapgrid, got '${specifier}'; there are snapgrid/quant, /display, /widgets, /comms, /backend, /checking, /data/…, /exercises/….`,
    );
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const install = `cd ${shellWord(packageFolder(folder))} && npm install ${name}`;
  return new ModuleNotFound(
    `Expected a package named '${name}' for '${specifier}', found none.${didYouMean(nearestPackage(name, folder))} Install it: ${install}`,
  );
}

const shellWord = (path: string): string => (/^[\w./:\\@-]+$/.test(path) ? path : `"${path}"`);

const didYouMean = (near: string | undefined): string => (near === undefined ? '' : ` Did you mean '${near}'?`);

function packageFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}
