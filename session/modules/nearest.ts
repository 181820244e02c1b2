import {readdirSync} from 'node:fs';
import {builtinModules} from 'node:module';
import {dirname, extname, join, relative} from 'node:path';

/** Of these names the one that was probably meant; undefined where none is near. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  let best: {readonly name: string; readonly edits: number} | undefined;
  for (const each of names) {
    const edits = editDistance(name.toLowerCase(), each.toLowerCase());
    if (edits <= most && (!best || edits < best.edits)) best = {name: each, edits};
  }
  return best?.name;
}

/** The file or folder that a relative specifier probably meant, written as it is: `./helper.ts` for `./helpr`. */
export function nearestFile(folder: string, specifier: string): string | undefined {
  const steps = join(folder, specifier).split(/[\\/]/);
  let at = steps[0] === '' ? '/' : steps[0]!;
  for (const [i, step] of steps.slice(1).entries()) {
    const last = i === steps.length - 2;
    const entries = entriesOf(at);
    const found = entries.includes(step) ? step : (nearest(step, entries) ?? (last ? withStem(step, entries) : undefined));
    if (found === undefined) return undefined;
    at = join(at, found);
  }
  const path = relative(folder, at).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** An installed package or a module of Node that a bare specifier probably meant. */
export function nearestPackage(name: string, folder: string): string | undefined {
  const known = new Set<string>(builtinModules.filter(each => !each.startsWith('_')).flatMap(each => [each, `node:${each}`]));
  for (let at = folder; ; at = dirname(at)) {
    for (const entry of entriesOf(join(at, 'node_modules')))
      if (entry.startsWith('@')) for (const inner of entriesOf(join(at, 'node_modules', entry))) known.add(`${entry}/${inner}`);
      else if (!entry.startsWith('.')) known.add(entry);
    if (dirname(at) === at) break;
  }
  return nearest(name, known);
}

/** `helpr` is near `helper.ts` without its extension, `helper.tsx` with another one. */
function withStem(name: string, entries: readonly string[]): string | undefined {
  const stems = new Map(entries.map(entry => [entry.slice(0, entry.length - extname(entry).length), entry]));
  const stem = name.slice(0, name.length - extname(name).length);
  const found = stems.has(stem) ? stem : nearest(stem, stems.keys());
  return found === undefined ? undefined : stems.get(found);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
