import type {Draw} from '../../data/draw.ts';
import {float16} from '../../quant/formats/float-format.ts';
import {roundFloats} from '../../quant/formats/float-codes.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** What `scale · x` is when float16 stores it. */
export function storedInFloat16({data}: TensorData, scale: number): Float32Array {
  return roundFloats(
    Float32Array.from(data, value => value * scale),
    float16,
  );
}

export function tensorOf(shape: readonly number[], values: ArrayLike<number>): TensorData {
  return {dtype: 'float32', shape, data: Float32Array.from(values)};
}

/** Loads x [batch, inputs] of standard normal numbers, and what a linear structure answers to them: y [batch, outputs]. */
export interface Problem {
  readonly x: TensorData;
  readonly y: TensorData;
  /** [kernel, bias] to begin with. */
  readonly start: readonly TensorData[];
}

export const outputs = 16;

/** Strains of some hundred-thousandths: gradients of the mean over all of them are too small for float16. Training begins at zero. */
export function strains(draw: Draw): Problem {
  const size = draw.uniform(1.2e-5, 1.8e-5);
  const inputs = 8;
  const kernel = draw.tensor([inputs, outputs], d => d.normal(0, size / Math.sqrt(inputs)));
  const bias = draw.tensor([outputs], d => d.normal(0, size / 3));
  return problem(draw, 32, kernel, bias, [
    tensorOf(kernel.shape, new Float32Array(inputs * outputs)),
    tensorOf([outputs], new Float32Array(outputs)),
  ]);
}

/** Weights between 1 and 2, where float16's numbers are 0.001 apart, that begin a hundredth away from the right ones. */
export function closeBy(draw: Draw): Problem {
  const inputs = 4;
  const signed = (d: Draw): number => d.pick([-1, 1]) * d.uniform(1.1, 1.9);
  const kernel = draw.tensor([inputs, outputs], signed);
  const bias = draw.tensor([outputs], signed);
  const moved = ({shape, data}: TensorData): TensorData =>
    tensorOf(
      shape,
      Array.from(data, value => value + draw.pick([-1, 1]) * draw.uniform(0.006, 0.009)),
    );
  return problem(draw, 32, kernel, bias, [moved(kernel), moved(bias)]);
}

function problem(draw: Draw, batch: number, kernel: TensorData, bias: TensorData, start: readonly TensorData[]): Problem {
  const x = draw.tensor([batch, kernel.shape[0]!]);
  return {x, y: tensorOf([batch, outputs], predict(x, [kernel, bias])), start};
}

/** x · kernel + bias, in float64. */
function predict(x: TensorData, [kernel, bias]: readonly TensorData[]): Float64Array {
  const [batch, inputs] = x.shape as [number, number];
  const product = new Float64Array(batch * outputs);
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < outputs; column++) {
      let sum = bias!.data[column]!;
      for (let k = 0; k < inputs; k++) sum += x.data[row * inputs + k]! * kernel!.data[k * outputs + column]!;
      product[row * outputs + column] = sum;
    }
  }
  return product;
}

/** The mean squared error of weights on a problem, in float64. */
export function lossOf({x, y}: Problem, weights: readonly TensorData[]): number {
  const predicted = predict(x, weights);
  return predicted.reduce((sum, value, i) => sum + (value - y.data[i]!) ** 2, 0) / predicted.length;
}
