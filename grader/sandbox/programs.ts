import {accessSync, constants, realpathSync} from 'node:fs';
import {join} from 'node:path';

/** The path of a program of this machine, looked for as a shell does; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/bin']) {
    const path = join(folder, name);
    try {
      if (!folder) continue;
      accessSync(path, constants.X_OK);
      return realpathSync(path);
    } catch {
      // Not there.
    }
  }
  return undefined;
}
