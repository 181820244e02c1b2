import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, PtqData, PtqOptions, PtqResult} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {chooseRange} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'quantizeModel', check: 'the accuracy is that of the quantized network'};

/** Reports the accuracy of the float network. */
export function quantizeModel(model: readonly FloatLayer[], {calibration, test, labels}: PtqData, options: PtqOptions): PtqResult {
  const {weightBits, activationBits, method} = options;
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
    () =>
      100 *
      tf
        .mean(
          tf.cast(
            tf.equal(tf.argMax(tf.add(tf.matMul(layerInputs(model, test).at(-1)!, model.at(-1)!.kernel), model.at(-1)!.bias), 1), labels),
            'float32',
          ),
        )
        .dataSync()[0]!,
  );
  return {layers, accuracy};
}

function layerInputs(model: readonly FloatLayer[], images: tf.Tensor2D): tf.Tensor2D[] {
  const inputs = [images];
  for (const {kernel, bias} of model.slice(0, -1)) inputs.push(tf.relu(tf.add(tf.matMul(inputs.at(-1)!, kernel), bias)));
  return inputs;
}
