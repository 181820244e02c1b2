import type {CartBatch} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'settle', check: 'a push counts while the pole still stands after it'};

/** Writes the count so far into the returns at every push: an average taken early would hold games that are not over. */
export function settle(batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number): CartBatch {
  const {starts} = batch;
  const [returns, episode, pushes, states] = [batch.returns.slice(), batch.episode.slice(), batch.pushes.slice(), moved.slice()];
  let {next} = batch;
  for (let lane = 0; lane < episode.length; lane++) {
    if (episode[lane]! < 0) continue;
    if (fallen[lane] === 0) pushes[lane]!++;
    returns[episode[lane]!] = pushes[lane]!;
    if (fallen[lane] === 0 && pushes[lane]! < limit) continue;
    pushes[lane] = 0;
    episode[lane] = next < returns.length ? next++ : -1;
    if (episode[lane]! >= 0) states.set(starts.subarray(4 * episode[lane]!, 4 * episode[lane]! + 4), 4 * lane);
  }
  return {starts, returns, next, episode, pushes, states};
}
