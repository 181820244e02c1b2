import {beforeAll, describe, expect, it} from 'vitest';
import {type Backend, loadBackend} from '../backend/index.ts';
import {hasFallen, pushCarts, pushCartTensors, rollout, startCarts} from './cart-pole.ts';
import {cartPolePolicy, policyOf} from './cart-pole-policy.ts';
import {Draw} from './draw.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

describe('a push', () => {
  it('moves a cart at rest as the equations say, worked out by hand', () => {
    const states = new Float32Array(4);
    pushCarts(states, [1]);
    // push = 10 / 1.1; turn = −push / (0.5 · (4/3 − 0.1/1.1)); pull = push − 0.05 · turn / 1.1. Place and angle follow one step later.
    const push = 10 / 1.1;
    const turn = -push / (0.5 * (4 / 3 - 0.1 / 1.1));
    const expected = [0, 0.02 * (push - (0.05 * turn) / 1.1), 0, 0.02 * turn];
    states.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    // What Gymnasium's CartPole-v1 gives for the same push.
    expect(states[1]).toBeCloseTo(0.195122, 5);
    expect(states[3]).toBeCloseTo(-0.292683, 5);
  });

  it('is the same on tensors, for a thousand carts at once, and leaves one tensor', () => {
    const starts = startCarts(1000, new Draw('push'), 0.5);
    const actions = Array.from({length: 1000}, (_, i) => i % 2);
    const plain = Float32Array.from(starts.data);
    pushCarts(plain, actions);
    const [states, pushes] = [tf.tensor2d(starts.data as Float32Array, [1000, 4]), tf.tensor1d(actions)];
    const before = tf.memory().numTensors;
    const after = pushCartTensors(states, pushes);
    expect(tf.memory().numTensors).toBe(before + 1);
    const difference = Math.max(...after.dataSync().map((value, i) => Math.abs(value - plain[i]!)));
    expect(difference).toBeLessThan(1e-5);
    expect(Math.max(...plain.map((value, i) => Math.abs(value - starts.data[i]!)))).toBeGreaterThan(0.1);
    tf.dispose([states, pushes, after]);
  });
});

describe('a rollout', () => {
  it('counts the pushes that each pole stood, and stops at the limit', () => {
    const starts = {dtype: 'float32', shape: [3, 4], data: Float32Array.from([0, 0, 0, 0, 0, 0, 0.2, 0, 0, 0, 0.21, 0])} as const;
    const {returns, pushes} = rollout((_, carts) => new Int32Array(carts).fill(1), starts, 5);
    // From 0.2 rad pushing right turns the pole back; from 0.21, beyond 12°, it is down after the first push.
    expect([...returns]).toEqual([5, 5, 0]);
    expect(pushes).toBe(11);
  });

  it('knows a pole that is down, a cart off its track, and a state that is no number', () => {
    const states = [0, 9, 0.2, 9, 2.41, 0, 0, 0, 0, 0, -0.22, 0, Number.NaN, 0, 0, 0];
    expect([0, 1, 2, 3].map(i => hasFallen(states, i))).toEqual([false, true, true, true]);
  });

  it('refuses a policy that leaves carts without a push', () => {
    expect(() => rollout(() => [1], startCarts(2, new Draw('two')))).toThrow('one action for each of 2');
  });
});

describe('the trained policy', () => {
  it('keeps poles standing for 490 of 500 pushes on starts that it has never seen', () => {
    const starts = startCarts(200, new Draw('cart-pole/unseen'));
    expect(rollout(policyOf(cartPolePolicy()), starts).meanReturn).toBeGreaterThanOrEqual(490);
    // What pushes without looking reach.
    expect(rollout((_, carts) => Int32Array.from({length: carts}, (_, i) => i % 2), starts).meanReturn).toBeLessThan(60);
  });

  it('takes the same starts from the same seed, others from another', () => {
    expect(startCarts(5, new Draw('a'))).toEqual(startCarts(5, new Draw('a')));
    expect(startCarts(5, new Draw('a')).data).not.toEqual(startCarts(5, new Draw('b')).data);
  });
});
