import * as tf from '@tensorflow/tfjs-core';
import {type NativeBackend, nativeBackend} from '../../backend/native.ts';
import {roundHalfToEven} from '../formats/round.ts';
import {snapSigned, whereInside} from './native-ops.ts';

/** A grid of integers qmin … qmax: code q stands for scale · (q − zeroPoint). */
export interface FakeQuantGrid {
  /** Above 0: a number, or a tensor that broadcasts against x, as [columns] does for one scale per column. */
  readonly scale: number | tf.Tensor;
  readonly zeroPoint: number | tf.Tensor;
  readonly qmin: number;
  readonly qmax: number;
}

/**
 * Snaps x to a grid and stays float: scale · (clip(round(x / scale) + zeroPoint, qmin, qmax) − zeroPoint), rounding half to even.
 * The gradient is PyTorch's straight-through one: dy where qmin ≤ round(x / scale) + zeroPoint ≤ qmax, 0 where x was clipped; none for the scale.
 * Source: torch.fake_quantize_per_tensor_affine; Bengio et al. 2013.
 */
export function fakeQuantize<T extends tf.Tensor>(x: T, grid: FakeQuantGrid): T {
  checkGrid(grid);
  const {scale, zeroPoint, qmin, qmax} = grid;
  const native = typeof zeroPoint === 'number' ? nativeBackend() : undefined;
  if (native) return tf.tidy(() => nativeSnap(native, grid, (zeroPoint as number) + 0)(x) as T);
  const snap = tf.customGrad((x, save) => {
    const q = tf.add(tf.round(tf.mul(x as tf.Tensor, inverse(scale))), zeroPoint);
    const clipped = tf.clipByValue(q, qmin, qmax);
    (save as tf.GradSaveFunc)([tf.equal(q, clipped)]);
    const gradFunc = (dy: tf.Tensor, [inside]: tf.Tensor[]): tf.Tensor => tf.mul(dy, tf.cast(inside!, 'float32'));
    return {value: tf.mul(tf.sub(clipped, zeroPoint), scale), gradFunc};
  });
  return tf.tidy(() => snap(x) as T);
}

/**
 * The same in fewer passes on TensorFlow. With whole zero points, scale · (clip(q + z, qmin, qmax) − z) is scale · clip(q, qmin − z, qmax − z), and a
 * clip may as well come after the multiplication: rounding keeps the order.
 */
function nativeSnap(native: NativeBackend, {scale, qmin, qmax}: FakeQuantGrid, zeroPoint: number): (x: tf.Tensor) => tf.Tensor {
  const [low, high] = [qmin - zeroPoint, qmax - zeroPoint];
  const bits = Math.ceil(Math.log2(Math.max(-low, high + 1, 1))) + 1;
  const isWhole = low === -(2 ** (bits - 1)) && high === -low - 1;
  const rounded = (steps: tf.Tensor): tf.Tensor =>
    isWhole ? snapSigned(native, steps, 1, bits) : tf.clipByValue(tf.round(steps), low, high);
  return tf.customGrad((x, save) => {
    const keep = save as tf.GradSaveFunc;
    if (typeof scale === 'number' && scale > 1e-30 && scale < 1e30) {
      keep([x as tf.Tensor]);
      const snapped = snapSigned(native, x as tf.Tensor, Math.fround(scale), isWhole ? bits : bits + 1);
      const [first, last] = [low, high].map(step => Math.fround(step * Math.fround(scale))) as [number, number];
      const value = isWhole ? snapped : tf.clipByValue(snapped, first, last);
      const [least, greatest] = insideOf(scale, low, high);
      return {value, gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor => whereInside(native, dy, x!, least, greatest)};
    }
    const steps = tf.mul(x as tf.Tensor, inverse(scale));
    keep([steps]);
    const gradFunc = (dy: tf.Tensor, [steps]: tf.Tensor[]): tf.Tensor => whereInside(native, dy, tf.round(steps!), low, high);
    return {value: tf.mul(rounded(steps), scale), gradFunc};
  });
}

/** The least and the greatest float32 number whose steps are rounded to low … high: those next to the middles with the codes outside. */
function insideOf(scale: number, low: number, high: number): [least: number, greatest: number] {
  const factor = inverse(scale) as number;
  const codeOf = (x: number): number => roundHalfToEven(Math.fround(x * factor));
  // A middle is never 0: one bit more is one number further from it.
  const number = new Float32Array([(low - 0.5) * scale, (high + 0.5) * scale]);
  const bits = new Int32Array(number.buffer);
  const walk = (end: 0 | 1, isInside: () => boolean): void => {
    const inwards = number[end]! > 0 === (end === 0) ? 1 : -1;
    while (isInside()) bits[end]! -= inwards;
    while (!isInside()) bits[end]! += inwards;
  };
  walk(0, () => codeOf(number[0]!) >= low);
  walk(1, () => codeOf(number[1]!) <= high);
  return [number[0]!, number[1]!];
}

/**
 * Snaps x to a grid whose scale is learned: besides the gradient of x as above, the scale's is Σ dy · (q − zeroPoint − x / scale · inside),
 * summed over what shares a scale. Source: LSQ (Esser et al. 2020, equation 3), without its step-size factor.
 */
export function fakeQuantizeLearned(x: tf.Tensor, scale: tf.Tensor, {zeroPoint, qmin, qmax}: Omit<FakeQuantGrid, 'scale'>): tf.Tensor {
  checkGrid({scale, zeroPoint, qmin, qmax});
  const snap = tf.customGrad((x, scale, save) => {
    const steps = tf.mul(x as tf.Tensor, inverse(scale as tf.Tensor));
    const q = tf.add(tf.round(steps), zeroPoint);
    const levels = tf.sub(tf.clipByValue(q, qmin, qmax), zeroPoint);
    const inside = tf.cast(tf.equal(q, tf.clipByValue(q, qmin, qmax)), 'float32');
    (save as tf.GradSaveFunc)([levels, steps, inside]);
    const gradFunc = (dy: tf.Tensor, [levels, steps, inside]: tf.Tensor[]): tf.Tensor[] => [
      tf.mul(dy, inside!),
      sumTo((scale as tf.Tensor).shape, tf.mul(dy, tf.sub(levels!, tf.mul(steps!, inside!)))),
    ];
    return {value: tf.mul(levels, scale as tf.Tensor), gradFunc};
  });
  return tf.tidy(() => snap(x, scale));
}

/** PyTorch multiplies by the scale's float32 inverse: close to the middle between two codes that decides. */
function inverse(scale: number | tf.Tensor): number | tf.Tensor {
  return typeof scale === 'number' ? Math.fround(1 / Math.fround(scale)) : tf.reciprocal(scale);
}

/** Sums the axes along which `shape` was broadcast. */
export function sumTo(shape: readonly number[], x: tf.Tensor): tf.Tensor {
  const missing = x.rank - shape.length;
  const axes = x.shape.flatMap((n, axis) => (axis < missing || (shape[axis - missing] === 1 && n > 1) ? [axis] : []));
  return tf.reshape(axes.length === 0 ? x : tf.sum(x, axes, true), [...shape]);
}

function checkGrid({scale, qmin, qmax}: FakeQuantGrid): void {
  if (typeof scale === 'number' && !(scale > 0 && Number.isFinite(scale)))
    throw new RangeError(`Expected a scale above 0, got ${scale}; an all-zero tensor needs a scale of 1`);
  if (!Number.isInteger(qmin) || !Number.isInteger(qmax) || qmin >= qmax)
    throw new RangeError(`Expected integers qmin < qmax, got ${qmin} and ${qmax}; signed 8 bits are -128 and 127`);
}
