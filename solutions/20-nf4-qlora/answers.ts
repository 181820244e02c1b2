import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Adapter, CompressedAbsMax, LoraOptions, Nf4} from '../../exercises/20-nf4-qlora/interface.ts';

/** The lesson's own: the x below which a normal value lies with probability p. */
export function quantile(p: number): number {
  let [low, high] = [-5, 5];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** The lesson's own: the probability that a normal value lies below x. */
export function below(x: number): number {
  let [sum, term] = [x, x];
  for (let odd = 3; odd < 150; odd += 2) sum += term *= (x * x) / odd;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The lesson's own: NF4 as bitsandbytes has it. */
export const nf4 = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
  0.7229568362236023, 1,
];

/** The lesson's own: the place of the number in `table` that is nearest to x. */
export function nearest(table: ArrayLike<number>, x: number): number {
  let best = 0;
  for (let code = 1; code < table.length; code++) if (Math.abs(table[code]! - x) < Math.abs(table[best]! - x)) best = code;
  return best;
}

/** The lesson's own: the 256 numbers of the dynamic 8-bit format. */
export const dynamic8: Float32Array = (() => {
  const magnitudes = [0, 1, 2, 3, 4, 5, 6].flatMap(e =>
    Array.from({length: 2 ** e}, (_, i) => 10 ** (e - 6) * (0.1 + (0.9 * (i + 0.5)) / 2 ** e)),
  );
  return Float32Array.from([0, 1, ...magnitudes, ...magnitudes.map(value => -value)]).sort();
})();

/** The lesson's own: absMax · nf4[code]. */
export function restoreNf4({shape, packed, absMax}: Nf4): tf.Tensor2D {
  const values = Float32Array.from({length: 2 * packed.length}, (_, i) => {
    const code = i % 2 === 0 ? packed[i >> 1]! >> 4 : packed[i >> 1]! & 15;
    return nf4[code]! * absMax[Math.floor(i / ((2 * packed.length) / absMax.length))]!;
  });
  return tf.tensor2d(values, shape as [number, number]);
}

/**
 * Both sides of zero are quantiles at equal steps of probability, from the tail to a half, which itself is zero and comes once. Above zero is one more.
 * Over the largest, so that the ends are −1 and 1.
 */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail + ((0.5 - tail) * i) / count));
  const above = side(2 ** (bits - 1)).reverse();
  const below = side(2 ** (bits - 1) - 1).map(value => -value);
  const largest = above.at(-1)!;
  return [...below, 0, ...above].map(value => value / largest);
}

/** Each block of neighbours is divided by its largest magnitude; then the nearest of 16 numbers is looked for. A block of zeros has the code of zero. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = Float32Array.from(tf.tidy(() => w.reshape([-1, blockSize]).abs().max(1).dataSync()));
  const codes = Array.from(values, (value, i) => nearest(nf4, value / (absMax[Math.floor(i / blockSize)]! || 1)));
  const packed = Uint8Array.from({length: codes.length / 2}, (_, i) => 16 * codes[2 * i]! + codes[2 * i + 1]!);
  return {shape: w.shape, packed, absMax};
}

/** What is quantized is the distance from the mean: it has both signs, as the table has. The mean itself is one number for all. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value, 0) / absMax.length;
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 256)}, (_, run) =>
    Math.max(...centred.subarray(256 * run, 256 * run + 256).map(Math.abs)),
  );
  const codes = Uint8Array.from(centred, (value, i) => nearest(dynamic8, value / (scales[i >> 8]! || 1)));
  return {codes, scales, offset};
}

/**
 * The base is dequantized once and is a constant: only A and B are variables, so that gradients go nowhere else. B begins at zero, A does not: the product is
 * zero, but B has a gradient, and after its first step A has one, too.
 */
export function trainLora(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  base: readonly Nf4[],
  {rank, alpha, steps, learningRate}: LoraOptions,
): Adapter[] {
  const frozen = base.map(restoreNf4);
  const adapters = frozen.map(({shape: [inputs, outputs]}) =>
    tf.tidy(() => ({
      a: tf.variable(tf.randomNormal<tf.Rank.R2>([inputs, rank], 0, 1 / Math.sqrt(inputs))),
      b: tf.variable(tf.zeros<tf.Rank.R2>([rank, outputs])),
    })),
  );
  const optimizer = tf.train.adam(learningRate);
  for (let step = 0; step < steps; step++) {
    optimizer.minimize(
      () => {
        let h = x;
        for (const [i, w] of frozen.entries()) {
          const {a, b} = adapters[i]!;
          const out = h.matMul(w).add(
            h
              .matMul(a)
              .matMul(b)
              .mul(alpha / rank),
          ) as tf.Tensor2D;
          h = i < frozen.length - 1 ? out.relu() : out;
        }
        return tf.losses.meanSquaredError(y, h).asScalar();
      },
      false,
      adapters.flatMap(({a, b}) => [a, b]),
    );
  }
  tf.dispose(frozen);
  optimizer.dispose();
  return adapters;
}
