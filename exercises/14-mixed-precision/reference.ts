import {roundFloats} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';
import {LossScaler} from '../../quant/methods/mixed-precision/loss-scaler.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {outputs, type Problem} from './inputs.ts';
import type {ScalerOptions, TrainOptions} from './interface.ts';

/** The toolkit's scaler with a lesson's options. It has no lower limit of its own above float32's smallest number: give sequences that stay above `minScale`. */
export function referenceScaler({initialScale, growthFactor, backoffFactor, growthInterval}: ScalerOptions): LossScaler {
  return new LossScaler({initialScale, growthFactor, backoffFactor, growthInterval});
}

/** A training in float16, without a limit to the norm: plain arrays, the toolkit's rounding and the toolkit's scaler. */
export function trainByReference(
  {x, y, start}: Problem,
  {steps, learningRate, scaler: options}: Pick<TrainOptions, 'steps' | 'learningRate' | 'scaler'>,
): {readonly weights: readonly [kernel: Float64Array, bias: Float64Array]; readonly skipped: number} {
  const scaler = referenceScaler(options);
  const store = (values: ArrayLike<number>): Float32Array => roundFloats(Float32Array.from(values), float16);
  const [batch, inputs] = x.shape as [number, number];
  const [kernel, bias] = start.map(({data}: TensorData) => Float64Array.from(data)) as [Float64Array, Float64Array];
  const seen = store(x.data);
  for (let step = 0; step < steps; step++) {
    const [k, b] = [store(kernel), store(bias)];
    const output = new Float64Array(batch * outputs);
    for (let i = 0; i < output.length; i++) {
      const [row, column] = [Math.floor(i / outputs), i % outputs];
      output[i] = b[column]!;
      for (let j = 0; j < inputs; j++) output[i]! += seen[row * inputs + j]! * k[j * outputs + column]!;
    }
    const dOutput = store(store(output).map((value, i) => ((2 * scaler.scale) / output.length) * (value - y.data[i]!)));
    const dKernel = new Float64Array(kernel.length);
    const dBias = new Float64Array(bias.length);
    for (let i = 0; i < output.length; i++) {
      const [row, column] = [Math.floor(i / outputs), i % outputs];
      dBias[column]! += dOutput[i]!;
      for (let j = 0; j < inputs; j++) dKernel[j * outputs + column]! += seen[row * inputs + j]! * dOutput[i]!;
    }
    const gradients = [store(dKernel), store(dBias)] as const;
    const taken = gradients.every(gradient => gradient.every(Number.isFinite));
    if (taken) {
      kernel.forEach((weight, i) => (kernel[i] = weight - (learningRate * gradients[0][i]!) / scaler.scale));
      bias.forEach((weight, i) => (bias[i] = weight - (learningRate * gradients[1][i]!) / scaler.scale));
    }
    scaler.update(taken);
  }
  return {weights: [kernel, bias], skipped: scaler.skippedSteps};
}
