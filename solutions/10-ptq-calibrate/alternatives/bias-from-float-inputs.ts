import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QuantizedLayer} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

/** From the weights’ errors and the mean input of the float network, as Nagel et al. 2019: the quantized network is not run at all. */
export function correctBias(model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], calibration: tf.Tensor2D): tf.Tensor1D[] {
  return tf.tidy(() => {
    const inputs = layerInputs(model, calibration);
    return quantized.map(({codes, scale, bias}, i) => {
      const error = tf.sub(model[i]!.kernel, tf.mul(tf.cast(codes, 'float32'), scale)) as tf.Tensor2D;
      const meanInput = tf.mean(inputs[i]!, 0, true) as tf.Tensor2D; // [1, inputs]
      return tf.add(bias, tf.reshape(tf.matMul(meanInput, error), [-1])) as tf.Tensor1D;
    });
  });
}

function layerInputs(model: readonly FloatLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const inputs = [images];
  for (const {kernel, bias} of model.slice(0, -1)) inputs.push(tf.relu(tf.add(tf.matMul(inputs.at(-1)!, kernel), bias)));
  return inputs;
}
