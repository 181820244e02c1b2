// Taken before any cell can replace it.
const {setImmediate} = globalThis;

/** Does something after so many turns of the event loop. */
export function afterTurns(turns: number, action: () => void): void {
  if (turns) setImmediate(() => afterTurns(turns - 1, action));
  else action();
}
