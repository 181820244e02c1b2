/** By characters: the same order on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By learner, then by file. */
export function byLearner(a: LearnersFile, b: LearnersFile): number {
  return compareText(a.learner, b.learner) || compareText(a.file, b.file);
}

interface LearnersFile {
  readonly learner: string;
  readonly file: string;
}
