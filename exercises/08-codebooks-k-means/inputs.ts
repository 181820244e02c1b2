import type {Draw} from '../../data/draw.ts';
import {dequantizeClusters, kMeansQuantize} from '../../quant/methods/k-means.ts';
import {unpack} from '../../quant/formats/packing.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** Weights of a trained layer: a bell around 0, and one tail longer than the other, so that the middle of the range is not 0. */
export function bell(draw: Draw, shape: readonly number[]): TensorData {
  const deviation = draw.uniform(0.02, 0.2);
  const tail = draw.pick([-1, 1]) * draw.uniform(1.2, 1.5);
  return draw.tensor(shape, d => {
    const value = d.normal(0, deviation);
    return value * tail > 0 ? value * Math.abs(tail) : value;
  });
}

/** Mean squared error of the toolkit's k-means. */
export function referenceError(weights: TensorData, bits: number): number {
  return meanSquare(weights.data, dequantizeClusters(kMeansQuantize(weights.data, weights.shape, {bits})));
}

/** Mean squared error of 2^bits points that are equally far apart, from the least to the largest value: the best that a plain min-max grid does. */
export function linearError(weights: TensorData, bits: number): number {
  const data = Float32Array.from(weights.data);
  const [min, max] = [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
  const step = (max - min) / (2 ** bits - 1);
  return meanSquare(
    data,
    data.map(value => min + Math.round((value - min) / step) * step),
  );
}

/** Σ (a − b)² / n */
export function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}

/** A layer that was clustered by the toolkit, with activations as they come out of a ReLU: all are 0 or more, so that errors of one sign add up. */
export interface ClusteredLayer {
  /** [rows, inputs] */
  readonly x: TensorData;
  /** [inputs, outputs] */
  readonly weights: TensorData;
  /** [inputs, outputs] */
  readonly indices: TensorData;
  /** [2^bits] */
  readonly centroids: TensorData;
  /** Other activations of the same kind. */
  readonly hidden: TensorData;
}

export function clusteredLayer(draw: Draw, bits: number): ClusteredLayer {
  const [rows, inputs, outputs] = [48, 32, 3];
  const weights = draw.tensor([inputs, outputs], d => d.normal(0, 0.05));
  const means = Float64Array.from({length: inputs}, () => 3 * Math.exp(draw.normal(0, 0.5)));
  const activations = (): TensorData => draw.tensor([rows, inputs], (d, i) => Math.max(0, d.normal(means[i % inputs], 1)));
  const {centroids, packed} = kMeansQuantize(weights.data, weights.shape, {bits});
  const indices = Int32Array.from(unpack(packed, {bits, signed: false, length: inputs * outputs}));
  return {
    x: activations(),
    weights,
    indices: {dtype: 'int32', shape: weights.shape, data: indices},
    centroids: {dtype: 'float32', shape: [centroids.length], data: centroids},
    hidden: activations(),
  };
}

/** x [rows, inputs] · w [inputs, outputs] → [rows, outputs], in float64. */
export function multiply(x: TensorData, w: TensorData, valueOf: (i: number) => number): Float64Array {
  const [rows, inputs] = x.shape as [number, number];
  const outputs = w.shape[1]!;
  const product = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inputs; k++)
      for (let column = 0; column < outputs; column++)
        product[row * outputs + column]! += x.data[row * inputs + k]! * valueOf(k * outputs + column);
  return product;
}

/** Σ (x·ŵ − x·w)² with weights from the table. */
export function outputError(x: TensorData, {weights, indices}: ClusteredLayer, centroids: ArrayLike<number>): number {
  const exact = multiply(x, weights, i => weights.data[i]!);
  return (
    exact.length *
    meanSquare(
      exact,
      multiply(x, weights, i => centroids[indices.data[i]!]!),
    )
  );
}

/** The centroids with the least error on x: the normal equations of a linear least squares problem, solved by elimination. */
export function bestCentroids(layer: ClusteredLayer): Float64Array {
  const {x, weights, indices, centroids} = layer;
  const count = centroids.data.length;
  const exact = multiply(x, weights, i => weights.data[i]!);
  const parts = Array.from({length: count}, (_, k) => multiply(x, weights, i => (indices.data[i] === k ? 1 : 0)));
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  // [count, count + 1]: the last column is the right-hand side. A centroid that nothing uses has a row of zeros, and stays where it is.
  const rows = parts.map((part, k) => {
    const row = Float64Array.from([...parts.map(other => dot(part, other)), dot(part, exact)]);
    if (row[k] === 0) [row[k], row[count]] = [1, centroids.data[k]!];
    return row;
  });
  for (let k = 0; k < count; k++) {
    let pivot = k;
    for (let r = k + 1; r < count; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let r = 0; r < count; r++) {
      if (r === k) continue;
      const factor = rows[r]![k]! / rows[k]![k]!;
      for (let c = k; c <= count; c++) rows[r]![c]! -= factor * rows[k]![c]!;
    }
  }
  return Float64Array.from(rows, (row, k) => row[count]! / row[k]!);
}
