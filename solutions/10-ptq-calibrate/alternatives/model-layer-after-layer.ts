import * as tf from '@tensorflow/tfjs-node-gpu';
import type {
  ActivationGrid,
  FloatLayer,
  PtqData,
  PtqOptions,
  PtqResult,
  QuantizedLayer,
} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {chooseRange} from '../answers.ts';
export * from '../answers.ts';

/** Each layer is calibrated on what the quantized layers before it send in; ties are rounded up. */
export function quantizeModel(model: readonly FloatLayer[], {calibration, test, labels}: PtqData, options: PtqOptions): PtqResult {
  const {weightBits, activationBits, method} = options;
  const layers: QuantizedLayer[] = [];
  for (const {kernel, bias} of model) {
    layers.push(
      tf.tidy(() => {
        const inputs = calibration.map(batch => (layers.length === 0 ? batch : tf.relu(quantizedSums(layers, batch).at(-1)!)));
        const {min, max} = chooseRange(inputs, method, activationBits);
        const step = Math.max(max - min, 1e-12) / (2 ** activationBits - 1);
        const top = 2 ** (weightBits - 1) - 1;
        const scale = tf.div(tf.maximum(tf.max(tf.abs(kernel), 0), 1e-12), top) as tf.Tensor1D;
        const codes = tf.cast(tf.clipByValue(tf.floor(tf.add(tf.div(kernel, scale), 0.5)), -top, top), 'int32') as tf.Tensor2D;
        return {codes, scale, bias: tf.clone(bias), input: {scale: step, zeroPoint: Math.round(-min / step), bits: activationBits}};
      }),
    );
  }
  const found = tf.tidy(() => tf.argMax(quantizedSums(layers, test).at(-1)!, 1).dataSync());
  const wanted = labels.dataSync();
  return {layers, accuracy: (100 * found.filter((label, i) => label === wanted[i]).length) / wanted.length};
}

function snap(x: tf.Tensor2D, {scale, zeroPoint, bits}: ActivationGrid): tf.Tensor2D {
  const codes = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
  return tf.mul(tf.sub(codes, zeroPoint), scale);
}

function quantizedSums(layers: readonly QuantizedLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const sums: tf.Tensor2D[] = [];
  for (const {codes, scale, bias, input} of layers) {
    const x = sums.length === 0 ? images : tf.relu(sums.at(-1)!);
    sums.push(tf.add(tf.matMul(snap(x, input), tf.mul(tf.cast(codes, 'float32'), scale) as tf.Tensor2D), bias));
  }
  return sums;
}
