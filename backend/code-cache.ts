import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import Module, {createRequire} from 'node:module';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Script} from 'node:vm';
import {codeCaching} from './code-caching.ts';

type Compile = (this: {exports: object}, content: string, filename: string, format?: string, ...more: unknown[]) => unknown;
type Wrapped = (...args: unknown[]) => unknown;

const prototype = Module.prototype as unknown as {_compile: Compile};
const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = new Map<string, Script>();
const folder = process.env[codeCaching.folder];
const madeFor = process.env[codeCaching.making];

if (folder && madeFor)
  process.once(codeCaching.signal, () => {
    mkdirSync(folder, {recursive: true});
    for (const [name, script] of compiled) writeFileSync(join(folder, name), script.createCachedData());
    // A bundled session has this module twice: the other one writes first.
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  });

/**
 * Loads CommonJS files with the bytecode that was kept of them, where a host says where that is:
 * V8 then neither parses them nor compiles what they run at first. It refuses what another version of it wrote, and compiles as usual.
 */
export function withCodeCache<T>(load: () => T): T {
  if (!folder) return load();
  const compile = prototype._compile;
  prototype._compile = function (content, filename, format, ...more) {
    // From what it kept, V8 cannot import: a package that does needs Node's own way. (Our own file leaves it to others.)
    const plain = filename.endsWith('.cjs') || (filename.endsWith('.js') && !content.includes('import('));
    if (format === 'module' || !plain) return compile.call(this, content, filename, format, ...more);
    const path = relative(root, filename);
    const name = path.replaceAll(/[\\/]/g, '+');
    const cachedData = read(join(folder, name));
    const script = new Script(Module.wrap(content), {filename: join(madeFor ?? root, path), ...(cachedData ? {cachedData} : {})});
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

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
