import {setImmediate} from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';

/** A heap of this size is collected in some hundredths of a second. */
const smallHeap = 256 * 2 ** 20;
/** A larger one takes seconds: it is not collected for a report again before this long. */
const pauseMs = 60_000;

let gc: (() => void) | undefined;
let last = -Infinity;

/** Collects garbage now and lets its finalizers run; false where that would take too long. */
export async function collectGarbage(): Promise<boolean> {
  const large = v8.getHeapStatistics().used_heap_size > smallHeap;
  if (large && performance.now() < last + pauseMs) return false;
  gc ??= findGc();
  gc();
  last = performance.now();
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
