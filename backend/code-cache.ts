import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import Module, {createRequire} from 'node:module';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Script} from 'node:vm';

type Compile = (this: {exports: object}, content: string, filename: string, ...more: unknown[]) => unknown;
type Wrapped = (...args: unknown[]) => unknown;

const prototype = Module.prototype as unknown as {_compile: Compile};
const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = new Map<string, Script>();

/**
 * Loads CommonJS packages with the bytecode that `writeCodeCache` kept of them in SNAPGRID_CODE_CACHE, where that is set:
 * V8 then neither parses them nor compiles what they run at first. It refuses what another version of it wrote, and compiles as usual.
 */
export function withCodeCache<T>(load: () => T): T {
  const folder = process.env['SNAPGRID_CODE_CACHE'];
  if (!folder) return load();
  const compile = prototype._compile;
  prototype._compile = function (content, filename, ...more) {
    // A file that loads another by `import()` needs Node's own way.
    if (!filename.endsWith('.js') || content.includes('import(')) return compile.call(this, content, filename, ...more);
    const name = relative(root, filename).replaceAll(/[\\/]/g, '+');
    const cachedData = read(join(folder, name));
    const script = new Script(Module.wrap(content), {filename, ...(cachedData ? {cachedData} : {})});
    if (!cachedData) compiled.set(name, script);
    const run = script.runInThisContext() as Wrapped;
    return run.call(this.exports, this.exports, createRequire(filename), this, filename, dirname(filename));
  };
  try {
    return load();
  } finally {
    prototype._compile = compile;
  }
}

/** Keeps the code of all that was loaded so far; what has run is in it. */
export function writeCodeCache(folder: string): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, script] of compiled) writeFileSync(join(folder, name), script.createCachedData());
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
