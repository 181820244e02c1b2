import type {CartBatch} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** First who ended, then the new starts, from the last lane to the first: which lane plays which episode does not matter. */
export function settle(batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number): CartBatch {
  const pushes = batch.pushes.map((count, lane) => (batch.episode[lane]! >= 0 && fallen[lane] === 0 ? count + 1 : count));
  const ended = Array.from(batch.episode.keys()).filter(
    lane => batch.episode[lane]! >= 0 && (fallen[lane] === 1 || pushes[lane] === limit),
  );
  const after = {...batch, pushes, returns: batch.returns.slice(), episode: batch.episode.slice(), states: moved.slice()};
  let {next} = batch;
  for (const lane of ended.reverse()) {
    after.returns[batch.episode[lane]!] = pushes[lane]!;
    after.pushes[lane] = 0;
    if (next === after.returns.length) after.episode[lane] = -1;
    else {
      after.states.set(batch.starts.slice(4 * next, 4 * next + 4), 4 * lane);
      after.episode[lane] = next;
      next += 1;
    }
  }
  return {...after, next};
}
