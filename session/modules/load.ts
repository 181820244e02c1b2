import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {extname} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {findSource} from '../evaluate/sources.ts';
import {addFrame} from '../evaluate/stacks.ts';
import {importUrl} from './importing.ts';

const require = createRequire(import.meta.url);
/** What CommonJS files of the learner held when they were loaded. */
const loaded = new Map<string, string>();

/** Imports the copy of a local file; errors that name copies name the files instead. */
export async function importCopy(url: string): Promise<object> {
  try {
    return await importUrl(url);
  } catch (error) {
    if (error instanceof SyntaxError) nameSource(error);
    throw error;
  }
}

/** Node writes the place of what it cannot link before the stack, and leaves the stack empty. */
function nameSource(error: SyntaxError): void {
  const [, url = '', line = ''] = /^(file:\/\/\S+):(\d+)\n/.exec(String(error.stack)) ?? [];
  error.message = error.message.replace(/file:\/\/[^\s']+/g, each => findSource(each)?.name ?? each);
  const source = findSource(url);
  const place = source?.position(Number(line), 1);
  if (!source || !place) return;
  const named = /named '([^']+)'/.exec(error.message)?.[1] ?? '';
  const column = (source.text.split('\n')[place.line - 1] ?? '').indexOf(named) + 1;
  addFrame(error, {what: '', source, line: place.line, column: Math.max(1, column)});
}

const partFile = (part: string): string => fileURLToPath(new URL(`../${part}/index.js`, import.meta.url));
/** What cells import of the session is its own, also where the session is one file that Node knows by no other name. */
const parts = new Map<string, () => Promise<object>>([
  [partFile('display'), () => import('../display/index.ts')],
  [partFile('comms'), () => import('../comms/index.ts')],
  [partFile('widgets'), () => import('../widgets/index.ts')],
]);

/** Imports a package's file. */
export async function loadPackage(path: string): Promise<object> {
  const part = parts.get(path);
  if (part) return part();
  if (/^\.(json|node)$/.test(extname(path))) return {default: require(path) as unknown};
  return importUrl(pathToFileURL(path).href);
}

/** Requires a file or builtin; a file of the learner that was edited, or that loads an edited one, is loaded again. */
export function requireFresh(path: string): unknown {
  if (!path.startsWith('node:')) forgetEdited(path);
  if (/\.[mc]?tsx?$/.test(path)) throw new Error(`Expected JavaScript, got require('${path}'); write: import … from '${path}'`);
  return require(path) as unknown;
}

/** Takes an edited CommonJS file, and what loads it, out of Node's cache; true if it was. */
function forgetEdited(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path) || path.includes('/node_modules/')) return false;
  seen.add(path);
  const cached = require.cache[path];
  const text = read(path);
  const edited = cached !== undefined && loaded.has(path) && loaded.get(path) !== text;
  // Every child is looked at, so that each forgets its own edit.
  const below = (cached?.children ?? []).map(child => forgetEdited(child.filename, seen)).some(Boolean);
  loaded.set(path, text);
  if (edited || below) delete require.cache[path];
  return edited || below;
}

function read(path: string): string {
  try {
    return readFileSync(path.startsWith('file:') ? fileURLToPath(path) : path, 'utf8');
  } catch {
    return ''; // require says what is wrong with it
  }
}
