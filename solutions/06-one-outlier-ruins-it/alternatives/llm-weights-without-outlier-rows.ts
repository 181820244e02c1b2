import * as tf from '@tensorflow/tfjs-node-gpu';
import type {LlmInt8Product} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

/** Both sides masked: the weights' rows that meet outliers have codes of 0 as well, and do not stretch their columns' scales. */
export function llmInt8Matmul(x: tf.Tensor2D, weights: tf.Tensor2D, threshold: number): LlmInt8Product {
  const {tensors, columns} = tf.tidy(() => {
    const mask = x.abs().max(0).greaterEqual(threshold).toFloat(); // 1 at outliers
    const keep = tf.sub(1, mask);
    const scaleOf = (t: tf.Tensor, axis: number): tf.Tensor => {
      const scale = t.abs().max(axis, true).div(127);
      return scale.add(scale.equal(0).toFloat());
    };
    const x8 = x.mul(keep);
    const w8 = weights.mul(keep.expandDims(1));
    const [sx, sw] = [scaleOf(x8, 1), scaleOf(w8, 0)];
    const [xCodes, wCodes] = [x8.div(sx).round(), w8.div(sw).round()];
    const output = xCodes.matMul(wCodes).mul(sx.matMul(sw)).add(x.mul(mask).matMul(weights));
    const columns = Array.from(mask.dataSync()).flatMap((is, k) => (is === 1 ? [k] : []));
    const tensors = {output, xCodes: xCodes.toInt(), xScales: sx.flatten(), wCodes: wCodes.toInt(), wScales: sw.flatten()};
    Object.values(tensors).forEach(tensor => tf.keep(tensor));
    return {tensors, columns} as const;
  });
  return {...tensors, outlierColumns: columns};
}
