import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {perAxis, perGroup} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {narrowRange, type QType, signed} from '../../quant/formats/qtype.ts';
import {outputError} from '../../quant/methods/activation-scales.ts';
import {type LinearWeights, HessianObserver} from '../../quant/methods/gptq.ts';
import type {Square} from '../../quant/methods/cholesky.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';

/** −(2^(bits−1) − 1) … 2^(bits−1) − 1 */
export const qtypeOf = (bits: number): QType => narrowRange(signed(bits));

/** A layer's weights and what flows into it: a few hidden causes move all inputs, so that inputs depend on one another. */
export interface Layer {
  /** [outputs, inputs] */
  readonly weights: TensorData;
  /** [samples, inputs] */
  readonly calibration: TensorData;
  /** [samples, inputs]: other samples of the same source. */
  readonly hidden: TensorData;
}

export function layer(draw: Draw, {outputs = 12, inputs = 32, causes = 6, noise = 0.4, unequal = 0, samples = 192} = {}): Layer {
  const mixing = draw.tensor([causes, inputs]).data;
  const gains = Float64Array.from({length: inputs}, () => Math.exp(draw.normal(0, unequal)));
  const sample = (count: number): TensorData => {
    const data = new Float32Array(count * inputs);
    for (let row = 0; row < count; row++) {
      const levels = Float64Array.from({length: causes}, () => draw.normal());
      for (let i = 0; i < inputs; i++) {
        let value = noise * draw.normal();
        for (let k = 0; k < causes; k++) value += levels[k]! * mixing[k * inputs + i]!;
        data[row * inputs + i] = value * gains[i]!;
      }
    }
    return {dtype: 'float32', shape: [count, inputs], data};
  };
  return {weights: draw.tensor([outputs, inputs], d => d.normal(0, 0.3)), calibration: sample(samples), hidden: sample(96)};
}

/** XᵀX · 2/n with its diagonal raised by `dampening` times its mean, in float64. */
export function hessianOf(x: TensorData, dampening: number): Square {
  const size = x.shape[1]!;
  const observer = new HessianObserver(size);
  observer.observe(x.data);
  const {data} = observer.hessian();
  const mean = diagonal({size, data}).reduce((sum, value) => sum + value, 0) / size;
  for (let i = 0; i < size; i++) data[i * size + i]! += dampening * mean;
  return {size, data};
}

export function diagonal({size, data}: {readonly size: number; readonly data: ArrayLike<number>}): number[] {
  return Array.from({length: size}, (_, i) => data[i * size + i]!);
}

export function linear({shape, data}: TensorData): LinearWeights {
  return {outputs: shape[0]!, inputs: shape[1]!, data: Float32Array.from(data)};
}

/** The learner's codes and scales, their shapes checked. @throws WrongAnswer */
export interface Answer {
  readonly codes: ArrayLike<number>;
  /** [outputs, groups] */
  readonly scales: ArrayLike<number>;
}

export function expectAnswer(value: Plain, task: string, weights: TensorData, groups: number): Answer {
  const answer = expectRecord(value, ['codes', 'scales'], `the result of ${task}`);
  const codes = expectCodes(answer.codes, {what: 'codes', shape: weights.shape});
  const outputs = weights.shape[0]!;
  const given = expectTensor(answer.scales, {what: 'scales'});
  // A list of one scale per output means the same as one column of them.
  const scales = groups === 1 && given.shape.length === 1 ? given : expectTensor(given, {what: 'scales', shape: [outputs, groups]});
  if (scales.data.length !== outputs * groups)
    throw new WrongAnswer(`Expected scales to hold ${outputs * groups} numbers, got ${scales.data.length}`);
  return {codes, scales: scales.data};
}

/** scale · code: computed by the judge, codes cut to what `bits` can hold. */
export function restore({codes, scales}: Answer, [outputs, inputs]: readonly number[], bits: number): Float32Array {
  const groups = scales.length / outputs!;
  const groupSize = inputs! / groups;
  const [lowest, highest] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return Float32Array.from({length: outputs! * inputs!}, (_, at) => {
    const [output, input] = [Math.floor(at / inputs!), at % inputs!];
    return Math.min(Math.max(codes[at]!, lowest), highest) * scales[output * groups + Math.floor(input / groupSize)]!;
  });
}

/** Each weight to its own nearest grid point. */
export function nearest({shape, data}: TensorData, bits: number, groupSize: number): Float32Array {
  const granularity = groupSize === shape[1] ? perAxis(0) : perGroup(groupSize);
  return quantize(data, shape, {qtype: qtypeOf(bits), scheme: 'symmetric', granularity}).dequantize();
}

/** Squared errors of the layer's output on samples that calibration has not seen. */
export function hiddenError({weights, hidden}: Layer, restored: ArrayLike<number>): number {
  return outputError(hidden.data, weights.shape[1]!, weights.data, restored);
}
