import childProcess from 'node:child_process';
import {syncBuiltinESMExports} from 'node:module';
import {now} from './children.ts';
import type {Shared} from './shared.ts';

type Call = (...args: unknown[]) => unknown;

/** Notes when this thread waits for a child (`execSync`): JavaScript is not running then, and only the child can be interrupted. */
export function noteAwaitedChildren(shared: Shared): void {
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    const original = childProcess[name] as Call;
    const noted = (...args: unknown[]): unknown => {
      shared.awaitsChildSince = now();
      try {
        return Reflect.apply(original, childProcess, args);
      } finally {
        shared.awaitsChildSince = undefined;
      }
    };
    Object.defineProperty(noted, 'name', {value: name});
    Reflect.set(childProcess, name, noted);
  }
  syncBuiltinESMExports();
}
