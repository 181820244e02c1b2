import * as tf from '@tensorflow/tfjs-node-gpu';
import type {GptqOptions, QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'gptq', check: 'the output error is far below plain groups at 4 bits'};

/** Plain groups: every weight rounded for itself. */
export function gptq(w: tf.Tensor2D, _x: tf.Tensor2D, {bits, groupSize}: GptqOptions): QuantizedWeights {
  return tf.tidy(() => {
    const limit = 2 ** (bits - 1) - 1;
    const [outputs, inputs] = w.shape;
    const grouped = w.reshape([outputs, inputs / groupSize, groupSize]);
    const scales = grouped.abs().max(2).div(limit) as tf.Tensor2D;
    const codes = grouped.div(scales.expandDims(2)).round().toInt();
    return {codes: codes.reshape([outputs, inputs]) as tf.Tensor2D, scales};
  });
}
