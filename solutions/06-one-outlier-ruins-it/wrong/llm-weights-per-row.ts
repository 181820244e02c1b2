import * as tf from '@tensorflow/tfjs-node-gpu';
import type {LlmInt8Product} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';
import {quantizePerChannel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'llmInt8Matmul', check: 'the weights are int8 with a scale for each column'};

/** A scale for each input of the weights: it cannot be taken out of the sum over inputs. */
export function llmInt8Matmul(x: tf.Tensor2D, weights: tf.Tensor2D, threshold: number): LlmInt8Product {
  const isOutlier = tf.tidy(() => x.abs().max(0).greaterEqual(threshold));
  const outlierColumns = Array.from(isOutlier.dataSync()).flatMap((is, column) => (is ? [column] : []));
  const tensors = tf.tidy(() => {
    const regular = x.mul(isOutlier.logicalNot().toFloat());
    const absMax = regular.abs().max(1, true);
    const xScales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    const xCodes = regular.div(xScales).round().toInt();
    const {codes, scales} = quantizePerChannel(weights.transpose());
    const wCodes = codes.transpose();
    const wScales = scales.slice([0], [weights.shape[1]]);
    const sums = tf.matMul(xCodes.toFloat(), wCodes.toFloat());
    let output = sums.mul(xScales).mul(wScales);
    if (outlierColumns.length > 0) {
      const picked = tf.tensor1d(outlierColumns, 'int32');
      output = output.add(tf.matMul(x.gather(picked, 1), weights.gather(picked, 0)));
    }
    return {output, xCodes, xScales: xScales.flatten(), wCodes, wScales};
  });
  isOutlier.dispose();
  return {...tensors, outlierColumns};
}
