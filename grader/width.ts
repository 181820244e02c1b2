import {availableParallelism} from 'node:os';

/** How many submissions are graded at once, where nobody says it: one to a core, as long as all of them may take the memory that their lesson allows. */
export function widthFor(memoryMiB: number, cores = availableParallelism(), availableBytes = process.availableMemory()): number {
  return Math.max(1, Math.min(cores, Math.floor(availableBytes / (memoryMiB * 2 ** 20))));
}
