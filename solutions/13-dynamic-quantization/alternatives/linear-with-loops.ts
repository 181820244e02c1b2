import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

/** Plain loops over whole numbers, as the hardware does it: the accumulator is an integer until both scales come in. */
export function dynamicLinear(x: tf.Tensor2D, {codes, scales, bias}: Int8Layer): tf.Tensor2D {
  const [batch, inputs] = x.shape;
  const outputs = codes.shape[1];
  const [values, w, scaleOf, biasOf] = [x.dataSync(), codes.dataSync(), scales.dataSync(), bias.dataSync()];
  let [low, high] = [0, 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = (high - low) / 255 || 1;
  const zeroPoint = Math.round(-low / scale);
  const y = new Float32Array(batch * outputs);
  for (let row = 0; row < batch; row++)
    for (let j = 0; j < outputs; j++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        const code = Math.min(255, Math.max(0, Math.round(values[row * inputs + i]! / scale) + zeroPoint));
        sum += (code - zeroPoint) * w[i * outputs + j]!;
      }
      y[row * outputs + j] = sum * scale * scaleOf[j]! + biasOf[j]!;
    }
  return tf.tensor2d(y, [batch, outputs]);
}
