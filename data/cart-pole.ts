import type {Tensor, Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';
import {tf} from '../backend/core.ts';
import type {TensorData} from '../session/wire/plain.ts';
import type {Draw} from './draw.ts';

/** A pole stands on a cart, which is pushed to the left or to the right fifty times a second; it must not fall. */

/** What a policy sees of one cart: its place in metres, its speed, the pole's angle in radians, the angle's speed. */
export const stateSize = 4;
/** 0 pushes left, 1 right. */
export const actionCount = 2;
/** Seconds between two pushes. */
export const stepSeconds = 0.02;

const [gravity, cartMass, poleMass, halfPole, force] = [9.8, 1, 0.1, 0.5, 10];
/** Beyond these the cart has left its track, or the pole is too far down. */
const [trackEnd, fallAngle] = [2.4, (12 * Math.PI) / 180];

/** States [count, 4] of carts near the middle, each number uniform within ± `spread`. */
export function startCarts(count: number, draw: Draw, spread = 0.05): TensorData {
  return draw.tensor([count, stateSize], d => d.uniform(-spread, spread));
}

/**
 * One step of all carts, in place: Euler's method on the equations of Barto, Sutton and Anderson 1983, "Neuronlike adaptive elements that can solve difficult
 * learning control problems", without friction, with the constants of Gymnasium's CartPole-v1.
 * @param states [count · 4] @param actions [count], 0 or 1
 */
export function pushCarts(states: Float32Array, actions: ArrayLike<number>): void {
  for (let i = 0; i < actions.length; i++) {
    const at = i * stateSize;
    const [speed, angle, turning] = [states[at + 1]!, states[at + 2]!, states[at + 3]!];
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const push = ((actions[i] === 1 ? force : -force) + poleMass * halfPole * turning * turning * sin) / (cartMass + poleMass);
    const turn = (gravity * sin - cos * push) / (halfPole * (4 / 3 - (poleMass * cos * cos) / (cartMass + poleMass)));
    const pull = push - (poleMass * halfPole * turn * cos) / (cartMass + poleMass);
    states[at]! += stepSeconds * speed;
    states[at + 1] = speed + stepSeconds * pull;
    states[at + 2] = angle + stepSeconds * turning;
    states[at + 3] = turning + stepSeconds * turn;
  }
}

/** The same step on tensors: states [count, 4], actions [count] → new states [count, 4]. */
export function pushCartTensors(states: Tensor2D, actions: Tensor1D): Tensor2D {
  return tf.tidy(() => {
    const [place, speed, angle, turning] = tf.unstack(states, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [sin, cos] = [tf.sin(angle), tf.cos(angle)];
    const pushed = tf.mul(tf.sub(tf.mul(tf.cast(actions, 'float32'), 2), 1), force);
    const push = tf.div(tf.add(pushed, tf.mul(tf.mul(tf.square(turning), sin), poleMass * halfPole)), cartMass + poleMass);
    const lever = tf.mul(tf.sub(4 / 3, tf.mul(tf.square(cos), poleMass / (cartMass + poleMass))), halfPole);
    const turn = tf.div(tf.sub(tf.mul(sin, gravity), tf.mul(cos, push)), lever);
    const pull = tf.sub(push, tf.mul(tf.mul(turn, cos), (poleMass * halfPole) / (cartMass + poleMass)));
    const after = (value: Tensor, rate: Tensor): Tensor => tf.add(value, tf.mul(rate, stepSeconds));
    return tf.stack([after(place, speed), after(speed, pull), after(angle, turning), after(turning, turn)], 1) as Tensor2D;
  });
}

/** Whether cart `i` of `states` has left its track or dropped its pole. */
export function hasFallen(states: ArrayLike<number>, i: number): boolean {
  return !(Math.abs(states[i * stateSize]!) <= trackEnd && Math.abs(states[i * stateSize + 2]!) <= fallAngle);
}

/** The pushes for carts that all still stand: states [standing · 4] → [standing], 0 or 1. */
export type Policy = (states: Float32Array, standing: number) => ArrayLike<number>;

/** What a policy reached. */
export interface Rollout {
  /** By cart: how many pushes its pole stood, `steps` at most. */
  readonly returns: Int32Array;
  readonly meanReturn: number;
  /** Pushes of all carts together: divided by the seconds that passed it is the speed of a simulation. */
  readonly pushes: number;
}

/** Lets a policy steer carts from `starts` [count, 4] for `steps` pushes; those that have fallen are left out of the later batches. */
export function rollout(policy: Policy, starts: TensorData, steps = 500): Rollout {
  const count = starts.shape[0]!;
  const returns = new Int32Array(count);
  let states = Float32Array.from(starts.data);
  let standing = Array.from({length: count}, (_, i) => i);
  let pushes = 0;
  for (let step = 0; step < steps && standing.length > 0; step++) {
    const actions = policy(states.slice(), standing.length);
    if (actions.length !== standing.length)
      throw new RangeError(`Expected one action for each of ${standing.length} standing carts, got ${actions.length}`);
    pushCarts(states, actions);
    pushes += standing.length;
    const left = standing.flatMap((cart, i) => (hasFallen(states, i) ? [] : [[cart, i] as const]));
    for (const [cart] of left) returns[cart]!++;
    if (left.length < standing.length) {
      const kept = new Float32Array(left.length * stateSize);
      left.forEach(([, i], to) => kept.set(states.subarray(i * stateSize, (i + 1) * stateSize), to * stateSize));
      [states, standing] = [kept, left.map(([cart]) => cart)];
    }
  }
  return {returns, meanReturn: returns.reduce((sum, n) => sum + n, 0) / count, pushes};
}
