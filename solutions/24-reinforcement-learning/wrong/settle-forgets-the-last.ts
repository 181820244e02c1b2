import type {CartBatch} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'settle', check: 'a push counts while the pole still stands after it'};

/** Returns the pushes before the last one. */
export function settle(batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number): CartBatch {
  const {starts} = batch;
  const [returns, episode, pushes, states] = [batch.returns.slice(), batch.episode.slice(), batch.pushes.slice(), moved.slice()];
  let {next} = batch;
  for (let lane = 0; lane < episode.length; lane++) {
    if (episode[lane]! < 0) continue;
    if (fallen[lane] === 0) pushes[lane]!++;
    if (fallen[lane] === 0 && pushes[lane]! < limit) continue;
    returns[episode[lane]!] = Math.max(0, pushes[lane]! - 1);
    pushes[lane] = 0;
    episode[lane] = next < returns.length ? next++ : -1;
    if (episode[lane]! >= 0) states.set(starts.subarray(4 * episode[lane]!, 4 * episode[lane]! + 4), 4 * lane);
  }
  return {starts, returns, next, episode, pushes, states};
}
