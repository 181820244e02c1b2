import {randomBytes} from 'node:crypto';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {projectRoot} from '../project/root.ts';

/** Kept where the course's results are kept: with another secret the same submission has other inputs. */
const ownFile = (): string => process.env['SNAPGRID_SECRET_FILE'] || join(projectRoot, '.snapgrid', 'secret');

/** The course's secret, from which hidden inputs are drawn: made on first use, readable by its owner alone, never printed. */
export async function courseSecret(path = ownFile()): Promise<string> {
  await mkdir(dirname(path), {recursive: true});
  try {
    await writeFile(path, randomBytes(32).toString('hex'), {mode: 0o600, flag: 'wx'});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await chmod(path, 0o600);
  }
  let secret = (await readFile(path, 'utf8')).trim();
  // Another grader has made the file and is about to write it.
  for (let attempt = 0; attempt < 50 && !secret; attempt++) {
    await sleep(20);
    secret = (await readFile(path, 'utf8')).trim();
  }
  if (!/^[0-9a-f]{64}$/.test(secret))
    throw new Error(
      `Expected 64 hexadecimal digits in ${path}, got something else; restore it from a backup, or remove it: grades change then`,
    );
  return secret;
}
