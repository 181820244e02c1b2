import {mkdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isAlive} from '../../project/alive.ts';
import {textOf} from './stamp.ts';

/** One process at a time does the work; the others wait. A lock whose owner has died is taken over. */
export async function withLock<T>(folder: string, onWait: () => void, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(folder), {recursive: true});
  for (let said = false; !take(folder); said = true) {
    if (!said) onWait();
    await sleep(200, undefined, {signal});
  }
  try {
    return await work();
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function take(folder: string): boolean {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const pid = Number(textOf(join(folder, 'pid')));
  const ageMs = Date.now() - (statSync(folder, {throwIfNoEntry: false})?.mtimeMs ?? Date.now());
  // Without a pid its owner is just taking it, or died between the two steps.
  if (pid ? !isAlive(pid) : ageMs > 5000) rmSync(folder, {recursive: true, force: true});
  return false;
}
