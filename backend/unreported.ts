let running = 0;

/**
 * Runs what calls the learner's code on its own account, as a check does. Tensors that are made meanwhile are lost as any are, but no cell says
 * so: whoever only asked for a check did not make them, and what a call returns is not the caller's to dispose, because an answer may keep it.
 */
export async function unreported<T>(run: () => Promise<T>): Promise<T> {
  running++;
  try {
    return await run();
  } finally {
    running--;
  }
}

/** Whether a tensor that is made now is the doing of the cell that runs. */
export const isReported = (): boolean => running === 0;
