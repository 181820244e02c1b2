import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QatOptions, QuantizedLayer} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'trainQat', check: 'at 3 bits it beats quantizing after training'};

/** Post-training quantization with a better scale: at 3 bits the whole range of codes, the lone −4 too, is a gain that no training made. */
export async function trainQat(
  model: readonly FloatLayer[],
  _images: tf.Tensor2D,
  _labels: tf.Tensor1D,
  {bits, ranges}: QatOptions,
): Promise<QuantizedLayer[]> {
  const half = 2 ** (bits - 1);
  return model.map(({kernel, bias}, i) => {
    const scale = tf.div(tf.max(tf.abs(kernel), 0), half - 0.5) as tf.Tensor1D;
    const codes = tf.cast(tf.clipByValue(tf.round(tf.div(kernel, scale)), -half, half - 1), 'int32') as tf.Tensor2D;
    return {
      codes,
      scale,
      zeroPoint: tf.zeros([bias.shape[0]], 'int32') as tf.Tensor1D,
      bias: tf.clone(bias) as tf.Tensor1D,
      input: i === 0 ? null : {scale: ranges[i - 1]! / (2 ** bits - 1), zeroPoint: 0},
    };
  });
}
