import {rmSync, writeFileSync} from 'node:fs';
import {readdir, rm, stat, utimes} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {isAlive} from '../../project/alive.ts';
import {endLeftBehind} from './left-behind.ts';

const keptMs = 3 * 24 * 3600 * 1000;

/** Says that this process uses a runtime folder, until it ends: by the clock alone, one that was set wrong would make it look abandoned. */
export function holdRuntime(folder: string): void {
  const mark = `${folder}.used-by-${process.pid}`;
  if (held.has(mark)) return;
  held.add(mark);
  try {
    writeFileSync(mark, '');
    process.once('exit', () => rmSync(mark, {force: true}));
  } catch {
    // A folder that is full or read-only: nothing is removed from there either.
  }
}
const held = new Set<string>();

/** Every build has a runtime folder of its own; those that no process uses and nobody used for days go. */
export async function removeUnused(base: string, used: string): Promise<void> {
  const now = new Date();
  await utimes(used, now, now).catch(() => undefined);
  const names = await readdir(base);
  const inUse = new Set<string>();
  for (const name of names) {
    const {runtime, pid} = usedBy.exec(name)?.groups ?? {};
    if (runtime === undefined) continue;
    if (isAlive(Number(pid))) inUse.add(runtime);
    else {
      // It was killed.
      endLeftBehind(join(base, runtime));
      await rm(join(base, name), {force: true});
    }
  }
  for (const name of names) {
    const path = join(base, name);
    const [runtime = ''] = name.split('.');
    if (path === used || runtime === basename(used) || inUse.has(runtime)) continue;
    const age = await stat(path).then(
      info => now.getTime() - info.mtimeMs,
      () => 0,
    );
    if (age > keptMs) await rm(path, {recursive: true, force: true});
  }
}

const usedBy = /^(?<runtime>[^.]+)\.used-by-(?<pid>\d+)$/;
