const running = new Set<object>();

/**
 * Runs what calls the learner's code on its own account, as a check does. Tensors that are made meanwhile are lost as any are, but no cell says
 * so: whoever only asked for a check did not make them, and what a call returns is not the caller's to dispose, because an answer may keep it.
 */
export async function unreported<T>(run: () => Promise<T>): Promise<T> {
  const token = {};
  running.add(token);
  try {
    return await run();
  } finally {
    running.delete(token);
  }
}

/** Whether a tensor that is made now is the doing of the cell that runs. */
export const isReported = (): boolean => running.size === 0;

/** A cell begins: what an interrupt cut off never said that it ended. */
export function reportAgain(): void {
  running.clear();
}
