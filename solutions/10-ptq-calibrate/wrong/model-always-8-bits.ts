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

export const caughtBy = {task: 'quantizeModel', check: 'weights go to the nearest code, a scale for each column'};

/** The weights always get 8 bits. */
export function quantizeModel(model: readonly FloatLayer[], {calibration, test, labels}: PtqData, options: PtqOptions): PtqResult {
  const {activationBits, method} = options;
  const weightBits = 8;
  const layers = tf.tidy(() => {
    const seen = calibration.map(batch => layerInputs(model, batch));
    return model.map(({kernel, bias}, i) => {
      const {min, max} = chooseRange(
        seen.map(inputs => inputs[i]!),
        method,
        activationBits,
      );
      const step = Math.max(max - min, 1e-12) / (2 ** activationBits - 1);
      const scale = tf.div(tf.maximum(tf.max(tf.abs(kernel), 0), 1e-12), 2 ** (weightBits - 1) - 1) as tf.Tensor1D;
      const codes = tf.cast(tf.round(tf.div(kernel, scale)), 'int32') as tf.Tensor2D;
      return {codes, scale, bias: tf.clone(bias), input: {scale: step, zeroPoint: Math.round(-min / step), bits: activationBits}};
    });
  });
  const accuracy = tf.tidy(
    () => 100 * tf.mean(tf.cast(tf.equal(tf.argMax(quantizedSums(layers, test).at(-1)!, 1), labels), 'float32')).dataSync()[0]!,
  );
  return {layers, accuracy};
}

function layerInputs(model: readonly FloatLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const inputs = [images];
  for (const {kernel, bias} of model.slice(0, -1)) inputs.push(tf.relu(tf.add(tf.matMul(inputs.at(-1)!, kernel), bias)));
  return inputs;
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
