import * as tf from '@tensorflow/tfjs-node-gpu';
import type {
  ActivationGrid,
  ConvWithBatchNorm,
  FloatLayer,
  FoldedConv,
  Method,
  PtqData,
  PtqOptions,
  PtqResult,
  QuantizedLayer,
  Range,
} from '../../exercises/10-ptq-calibrate/interface.ts';

/** What an observer says of batches: all but the moving average, which needs their order, look at one sorted list. */
export function observe(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  const values = batches.map(batch => batch.dataSync() as Float32Array);
  const sorted = new Float32Array(values.reduce((sum, batch) => sum + batch.length, 0));
  values.reduce((at, batch) => (sorted.set(batch, at), at + batch.length), 0);
  sorted.sort();
  // Ends are left out: none, or one value in a thousand.
  const without = (out: number): Range => ({min: sorted[out]!, max: sorted[sorted.length - 1 - out]!});
  if (method === 'minMax') return without(0);
  if (method === 'percentile') return without(Math.floor(sorted.length / 1000));
  if (method === 'mse') return leastError(sorted, withZero(without(0)), bits);
  const ranges = values.map(batch => ({min: batch.reduce((x, y) => Math.min(x, y)), max: batch.reduce((x, y) => Math.max(x, y))}));
  // Each batch moves both ends by a tenth of the way.
  return ranges.reduce((old, {min, max}) => ({min: old.min + 0.1 * (min - old.min), max: old.max + 0.1 * (max - old.max)}));
}

/** The widest range and ever narrower ones; each is tried on all values, what it clips included. */
function leastError(values: Float32Array, {min, max}: Range, bits: number): Range {
  let best = {min, max, loss: Infinity};
  for (let share = 1; share > 0.03; share -= 0.02) {
    const scale = Math.max(share * (max - min), 1e-12) / (2 ** bits - 1);
    const zeroPoint = Math.round((-share * min) / scale);
    let loss = 0;
    for (const value of values) {
      const code = Math.min(2 ** bits - 1, Math.max(0, Math.round(value / scale) + zeroPoint));
      loss += (value - scale * (code - zeroPoint)) ** 2;
    }
    if (loss < best.loss) best = {min: share * min, max: share * max, loss};
  }
  return best;
}

export function withZero({min, max}: Range): Range {
  return {min: Math.min(0, min), max: Math.max(0, max)};
}

/** Zero is let in at the end, so that no method can forget it. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}

/** gamma · (x·k − mean) / root + beta = x · (k · gamma / root) + (beta − mean · gamma / root): only numbers that are known before any image comes. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = gamma.div(variance.add(epsilon).sqrt()) as tf.Tensor1D; // [outputs], the kernel's last axis
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.sub(mean.mul(factor)) as tf.Tensor1D};
  });
}

/** What flows into each layer of the float network. */
function layerInputs(model: readonly FloatLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const inputs = [images];
  for (const {kernel, bias} of model.slice(0, -1)) inputs.push(inputs.at(-1)!.matMul(kernel).add(bias).relu());
  return inputs;
}

function snap(x: tf.Tensor2D, {scale, zeroPoint, bits}: ActivationGrid): tf.Tensor2D {
  const codes = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
  return tf.mul(tf.sub(codes, zeroPoint), scale);
}

/** The sums of each layer of the quantized network, before ReLU. */
function quantizedSums(layers: readonly QuantizedLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const sums: tf.Tensor2D[] = [];
  for (const {codes, scale, bias, input} of layers) {
    const x = sums.length === 0 ? images : tf.relu(sums.at(-1)!);
    sums.push(
      snap(x, input)
        .matMul(codes.toFloat().mul(scale) as tf.Tensor2D)
        .add(bias),
    );
  }
  return sums;
}

/** Ranges from the calibration images through the float network; weights by column; the test images are touched by the last line alone. */
export function quantizeModel(model: readonly FloatLayer[], {calibration, test, labels}: PtqData, options: PtqOptions): PtqResult {
  const {weightBits, activationBits, method} = options;
  const layers = tf.tidy(() => {
    const seen = calibration.map(batch => layerInputs(model, batch)); // [batch][layer]
    return model.map(({kernel, bias}, i) => {
      const {min, max} = chooseRange(
        seen.map(inputs => inputs[i]!),
        method,
        activationBits,
      );
      const step = Math.max(max - min, 1e-12) / (2 ** activationBits - 1);
      const top = 2 ** (weightBits - 1) - 1;
      const scale = kernel.abs().max(0).maximum(1e-12).div(top) as tf.Tensor1D; // [inputs, outputs] → [outputs]
      return {
        codes: kernel.div(scale).round().toInt() as tf.Tensor2D,
        scale,
        bias: bias.clone(),
        input: {scale: step, zeroPoint: Math.round(-min / step), bits: activationBits},
      };
    });
  });
  const accuracy = tf.tidy(() => 100 * quantizedSums(layers, test).at(-1)!.argMax(1).equal(labels).toFloat().mean().dataSync()[0]!);
  return {layers, accuracy};
}

/** Layer by layer: what the float layer gives on average, less what the quantized one gives, goes into its bias; the next layer already sees the corrected one. */
export function correctBias(model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], calibration: tf.Tensor2D): tf.Tensor1D[] {
  return tf.tidy(() => {
    const corrected: QuantizedLayer[] = [];
    const inputs = layerInputs(model, calibration);
    for (const [i, layer] of quantized.entries()) {
      const {kernel, bias} = model[i]!;
      const float = inputs[i]!.matMul(kernel).add(bias).mean(0); // [images, outputs] → [outputs]
      const now = quantizedSums([...corrected, layer], calibration)
        .at(-1)!
        .mean(0);
      corrected.push({...layer, bias: layer.bias.add(float.sub(now)) as tf.Tensor1D});
    }
    return corrected.map(({bias}) => bias);
  });
}
