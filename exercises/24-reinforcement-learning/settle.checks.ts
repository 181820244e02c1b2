import {expectCodes, expectFinite, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {hasFallen, pushCarts, rollout, startCarts, stateSize} from '../../data/cart-pole.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {CartBatch} from './interface.ts';

export const settle: Task = {
  name: 'settle',
  title: 'Thousands of carts, each with its own end',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'a push counts while the pole still stands after it',
      points: 1,
      measure: (learner, draw) =>
        wrongReturns(learner, draw, {
          lanes: 1,
          episodes: 3,
          limit: 500,
          message:
            'One cart alone: an episode’s return is not the number of pushes that its pole stood. The push after which it is down does not count, the first one does, and every episode begins at 0. While it is not over, its return stays −1.',
        }),
    },
    {
      name: 'only the cart that ended starts anew',
      points: 2,
      measure: (learner, draw) =>
        wrongReturns(learner, draw, {
          lanes: 6,
          episodes: 18,
          limit: 500,
          message:
            'Side by side, returns are wrong. A cart that is down takes the next start and counts from 0, at once; all others go on from where they are now, the moved states, as if nothing had happened.',
        }),
    },
    {
      name: 'carts that end together take different starts',
      points: 1,
      measure: (learner, draw) =>
        wrongReturns(learner, draw, {
          lanes: 4,
          episodes: 16,
          limit: 500,
          alike: true,
          message:
            'Carts that ended in the same push got the same start, or one was left out. Every start is played once: whoever takes one moves `next` on, before the next cart asks. Copies of one episode are no sample.',
        }),
    },
    {
      name: 'an episode ends at the limit',
      points: 1,
      measure: (learner, draw) =>
        wrongReturns(learner, draw, {
          lanes: 5,
          episodes: 15,
          limit: 20,
          message:
            'Poles that still stand must be cut at the limit: the episode returns `limit`, no more and no less, and the cart takes the next start.',
        }),
    },
    {
      name: 'a lane without an episode rests',
      points: 1,
      measure: (learner, draw) =>
        wrongReturns(learner, draw, {
          lanes: 7,
          episodes: 4,
          limit: 500,
          message:
            'There were more lanes than episodes. A lane whose episode is −1 plays nothing: it counts no push and ends no episode; and where no start is left, a lane’s episode becomes −1.',
        }),
    },
    {
      name: 'the batch is left as it was',
      points: 1,
      measure: (learner, draw) => {
        const batch = startBatch(drawStarts(draw, 5).data as Float32Array, 3);
        const moved = batch.states.map(x => x + 0.001);
        return unchangedInputs(learner, 'settle', {...batch}, moved, Uint8Array.of(1, 0, 1), 500);
      },
    },
  ],
};

interface Play {
  readonly lanes: number;
  readonly episodes: number;
  readonly limit: number;
  /** All lanes begin alike, so that they end together. */
  readonly alike?: boolean;
  readonly message: string;
}

/** The judge pushes the carts by a poor policy, whose poles fall after some ten to fifty pushes; the learner keeps the books. */
async function wrongReturns(learner: Learner, draw: Draw, {lanes, episodes, limit, alike = false, message}: Play): Promise<Measurement> {
  const starts = drawStarts(draw, episodes);
  if (alike) for (let lane = 1; lane < lanes; lane++) starts.data.set(starts.data.slice(0, stateSize), lane * stateSize);
  const steer = poorPolicy(draw);
  const right = rollout(steer, starts, limit).returns;

  let batch = startBatch(starts.data as Float32Array, lanes);
  const begun = new Set(batch.episode);
  let misplayed = 0;
  const enough = right.reduce((sum, n) => sum + n + 1, 0);
  for (let push = 0; push < enough && batch.episode.some(episode => episode >= 0); push++) {
    const moved = batch.states.slice();
    pushCarts(moved, steer(batch.states, lanes));
    const fallen = Uint8Array.from({length: lanes}, (_, lane) => (hasFallen(moved, lane) ? 1 : 0));
    const before = batch.episode;
    batch = expectBatch(await learner.call('settle', {...batch}, moved, fallen, limit), batch);
    misplayed += lanesMisplayed(before, batch.episode, fallen, begun, episodes);
    // What is not over has no return yet: who averages early would take it for one.
    misplayed += batch.episode.filter(episode => episode >= 0 && batch.returns[episode] !== -1).length;
  }
  return {
    measured: misplayed + right.filter((pushes, episode) => batch.returns[episode] !== pushes).length,
    comparison: '==',
    threshold: 0,
    unit: 'wrong or early returns, and lanes that wait or play what another plays',
    message,
  };
}

/** Lanes that keep an episode that is over, rest while a start is left, or play what another lane plays or played. Notes in `begun` what they begin. */
function lanesMisplayed(before: Int32Array, after: Int32Array, fallen: Uint8Array, begun: Set<number>, episodes: number): number {
  let misplayed = 0;
  after.forEach((episode, lane) => {
    const stays = episode === before[lane];
    if (stays && episode >= 0 && fallen[lane] === 1) misplayed++;
    if (stays || episode < 0) return;
    if (begun.has(episode)) misplayed++;
    begun.add(episode);
  });
  const left = episodes - Array.from(begun).filter(episode => episode >= 0).length;
  return misplayed + Math.min(left, after.filter(episode => episode < 0).length);
}

function drawStarts(draw: Draw, count: number): ReturnType<typeof startCarts> {
  return startCarts(count, draw, 0.16);
}

/** Pushes against a mix of angle and turning that is a little off, and now and then the pole gets away. */
function poorPolicy(draw: Draw): (states: Float32Array, standing: number) => Int32Array {
  const [byAngle, byTurning, byPlace] = [1, draw.uniform(-0.02, 0.01), draw.uniform(-0.1, -0.05)];
  return (states, standing) =>
    Int32Array.from({length: standing}, (_, i) => {
      const at = i * stateSize;
      return byAngle * states[at + 2]! + byTurning * states[at + 3]! + byPlace * states[at]! > 0 ? 1 : 0;
    });
}

function startBatch(starts: Float32Array, lanes: number): CartBatch {
  const episodes = starts.length / stateSize;
  const states = new Float32Array(lanes * stateSize);
  states.set(starts.subarray(0, Math.min(lanes, episodes) * stateSize));
  return {
    starts,
    returns: new Int32Array(episodes).fill(-1),
    next: Math.min(lanes, episodes),
    episode: Int32Array.from({length: lanes}, (_, lane) => (lane < episodes ? lane : -1)),
    pushes: new Int32Array(lanes),
    states,
  };
}

/** @throws WrongAnswer */
function expectBatch(value: Plain, {starts, returns, episode}: CartBatch): CartBatch {
  const fields = ['starts', 'returns', 'next', 'episode', 'pushes', 'states'] as const;
  const batch = expectRecord(value, fields, 'the result of settle');
  const whole = (key: 'returns' | 'episode' | 'pushes', length: number): Int32Array =>
    Int32Array.from(expectCodes(batch[key], {what: key, shape: [length]}));
  if (!(batch.states instanceof Float32Array) || batch.states.length !== episode.length * stateSize)
    throw new WrongAnswer(`Expected states to be a Float32Array of ${episode.length} lanes with four numbers each`);
  expectFinite(batch.states, 'states');
  const {next} = batch;
  if (typeof next !== 'number' || !Number.isInteger(next) || next < 0)
    throw new WrongAnswer('Expected next to be the number of an episode');
  return {
    starts,
    returns: whole('returns', returns.length),
    next,
    episode: whole('episode', episode.length),
    pushes: whole('pushes', episode.length),
    states: batch.states,
  };
}
