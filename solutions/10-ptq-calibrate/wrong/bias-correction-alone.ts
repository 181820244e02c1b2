import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationGrid, FloatLayer, QuantizedLayer} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'correctBias', check: 'where nothing is shifted, nothing is corrected'};

/** Returns the corrections, not the corrected biases. */
export function correctBias(model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], calibration: tf.Tensor2D): tf.Tensor1D[] {
  return tf.tidy(() => {
    const corrected: QuantizedLayer[] = [];
    const inputs = layerInputs(model, calibration);
    for (const [i, layer] of quantized.entries()) {
      const {kernel, bias} = model[i]!;
      const float = tf.mean(tf.add(tf.matMul(inputs[i]!, kernel), bias), 0);
      const now = tf.mean(quantizedSums([...corrected, layer], calibration).at(-1)!, 0);
      corrected.push({...layer, bias: tf.add(layer.bias, tf.sub(float, now)) as tf.Tensor1D});
    }
    return corrected.map(({bias}, i) => tf.sub(bias, quantized[i]!.bias) as tf.Tensor1D);
  });
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
