import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationGrid, FloatLayer, QuantizedLayer} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

/** Both networks run as they are; means by loops. Each layer is corrected from sums that already hold the corrections before it. */
export function correctBias(model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], calibration: tf.Tensor2D): tf.Tensor1D[] {
  const done: QuantizedLayer[] = [];
  for (let i = 0; i < quantized.length; i++) {
    const {kernel, bias} = model[i]!;
    const layer = quantized[i]!;
    const [float, now] = tf.tidy(() => [
      tf.add(tf.matMul(layerInputs(model, calibration)[i]!, kernel), bias).dataSync(),
      quantizedSums([...done, layer], calibration)
        .at(-1)!
        .dataSync(),
    ]);
    const units = bias.shape[0];
    const corrected = Float32Array.from(layer.bias.dataSync());
    float!.forEach((value, at) => (corrected[at % units]! += (value - now![at]!) / calibration.shape[0]));
    done.push({...layer, bias: tf.tensor1d(corrected)});
  }
  return done.map(({bias}) => bias);
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
