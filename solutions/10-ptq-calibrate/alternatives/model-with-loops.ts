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

/** Weights by loops over plain arrays; accuracy by counting. */
export function quantizeModel(model: readonly FloatLayer[], {calibration, test, labels}: PtqData, options: PtqOptions): PtqResult {
  const {weightBits, activationBits, method} = options;
  const top = 2 ** (weightBits - 1) - 1;
  const seen: tf.Tensor2D[][] = calibration.map(batch => tf.tidy(() => layerInputs(model, batch).map(input => tf.clone(input))));
  const layers = model.map(({kernel, bias}, i): QuantizedLayer => {
    const [rows, columns] = kernel.shape;
    const values = kernel.dataSync();
    const scales = new Float32Array(columns).fill(1e-12);
    values.forEach((value, at) => (scales[at % columns] = Math.max(scales[at % columns]!, Math.abs(value) / top)));
    const codes = Int32Array.from(values, (value, at) => Math.max(-top, Math.min(top, Math.round(value / scales[at % columns]!))));
    const {min, max} = chooseRange(
      seen.map(inputs => inputs[i]!),
      method,
      activationBits,
    );
    const scale = Math.max(max - min, 1e-12) / (2 ** activationBits - 1);
    return {
      codes: tf.tensor2d(codes, [rows, columns], 'int32'),
      scale: tf.tensor1d(scales),
      bias: tf.clone(bias),
      input: {scale, zeroPoint: Math.round(-min / scale), bits: activationBits},
    };
  });
  tf.dispose(seen);
  const scores = tf.tidy(() => quantizedSums(layers, test).at(-1)!.arraySync());
  const wanted = labels.arraySync();
  const right = scores.filter((row, i) => row.indexOf(Math.max(...row)) === wanted[i]).length;
  return {layers, accuracy: (100 * right) / wanted.length};
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
