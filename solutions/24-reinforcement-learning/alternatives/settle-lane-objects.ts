import type {CartBatch} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** Every lane as an object of its own, put together again at the end; lanes that rest are at 0. */
export function settle(
  {starts, returns, next, episode, pushes}: CartBatch,
  moved: Float32Array,
  fallen: Uint8Array,
  limit: number,
): CartBatch {
  const results = Array.from(returns);
  const lanes = Array.from(episode, (plays, lane) => {
    if (plays === -1) return {plays, count: 0, state: [0, 0, 0, 0]};
    const count = pushes[lane]! + 1 - fallen[lane]!;
    if (!fallen[lane] && count < limit) return {plays, count, state: Array.from(moved.slice(4 * lane, 4 * lane + 4))};
    results[plays] = count;
    if (next >= results.length) return {plays: -1, count: 0, state: [0, 0, 0, 0]};
    const fresh = next++;
    return {plays: fresh, count: 0, state: Array.from(starts.slice(4 * fresh, 4 * fresh + 4))};
  });
  return {
    starts,
    next,
    returns: Int32Array.from(results),
    episode: Int32Array.from(lanes, ({plays}) => plays),
    pushes: Int32Array.from(lanes, ({count}) => count),
    states: Float32Array.from(lanes.flatMap(({state}) => state)),
  };
}
