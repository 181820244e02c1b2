/**
 * What cells await, the last of it: more than shells run at a time. Held, because Node 22 aborts where a promise that the inspector waits for
 * is collected as garbage, as that of a cell is which awaits what nobody else knows.
 */
const mostHeld = /^v2[23]\./.test(process.version) ? 8 : 0;
const held: unknown[] = [];
let count = 0;

export function hold<T>(awaited: T): T {
  if (mostHeld) held[count++ % mostHeld] = awaited;
  return awaited;
}

/** No cell runs any more. */
export function forgetHeld(): void {
  held.length = 0;
}
