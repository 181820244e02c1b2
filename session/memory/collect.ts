import {setImmediate} from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';

/** From a collection that took as long on, the heap is so large that no more are asked for. */
const slowMs = 300;

let gc: (() => void) | undefined;
let slow = false;

/** Collects garbage now and lets its finalizers run; false where that would take too long. */
export async function collectGarbage(): Promise<boolean> {
  if (slow) return false;
  gc ??= findGc();
  const start = performance.now();
  gc();
  slow = performance.now() - start > slowMs;
  // Finalizers run as tasks of their own.
  await setImmediate();
  await setImmediate();
  return true;
}

/** V8 gives its collector to contexts that are made while the flag is set. */
function findGc(): () => void {
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc') as () => void;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
