import type {CartBatch} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'settle', check: 'carts that end together take different starts'};

/** Lets only the first of those that ended take a start; the others get none. */
export function settle(batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number): CartBatch {
  const {starts} = batch;
  const [returns, episode, pushes, states] = [batch.returns.slice(), batch.episode.slice(), batch.pushes.slice(), moved.slice()];
  let {next} = batch;
  let taken = false;
  for (let lane = 0; lane < episode.length; lane++) {
    if (episode[lane]! < 0) continue;
    if (fallen[lane] === 0) pushes[lane]!++;
    if (fallen[lane] === 0 && pushes[lane]! < limit) continue;
    returns[episode[lane]!] = pushes[lane]!;
    pushes[lane] = 0;
    episode[lane] = next < returns.length && !taken ? next++ : -1;
    taken = true;
    if (episode[lane]! >= 0) states.set(starts.subarray(4 * episode[lane]!, 4 * episode[lane]! + 4), 4 * lane);
  }
  return {starts, returns, next, episode, pushes, states};
}
