import * as tf from '@tensorflow/tfjs-node-gpu';
import type {LlmInt8Product} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';
import {quantizePerChannel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'llmInt8Matmul', check: 'the output is what these codes and the outliers give'};

/** Multiplies by the column scales only. */
export function llmInt8Matmul(x: tf.Tensor2D, weights: tf.Tensor2D, threshold: number): LlmInt8Product {
  const isOutlier = tf.tidy(() => x.abs().max(0).greaterEqual(threshold));
  const outlierColumns = Array.from(isOutlier.dataSync()).flatMap((is, column) => (is ? [column] : []));
  const tensors = tf.tidy(() => {
    const regular = x.mul(isOutlier.logicalNot().toFloat());
    const absMax = regular.abs().max(1, true);
    const xScales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    const xCodes = regular.div(xScales).round().toInt();
    const {codes: wCodes, scales: wScales} = quantizePerChannel(weights);
    const sums = tf.matMul(xCodes.toFloat(), wCodes.toFloat());
    let output = sums.mul(wScales).add(xScales.mul(0));
    if (outlierColumns.length > 0) {
      const picked = tf.tensor1d(outlierColumns, 'int32');
      output = output.add(tf.matMul(x.gather(picked, 1), weights.gather(picked, 0)));
    }
    return {output, xCodes, xScales: xScales.flatten(), wCodes, wScales};
  });
  isOutlier.dispose();
  return {...tensors, outlierColumns};
}
