import * as tf from '@tensorflow/tfjs-node-gpu';
import type {LlmInt8Product, QuantizedMatrix} from '../../exercises/06-one-outlier-ruins-it/interface.ts';

/**
 * Axis 0 runs over the inputs, so `max(0)` leaves one number for each output column. Those numbers stay a tensor: dividing by it broadcasts along the rows.
 * A column of zeros gets the scale 1: chosen by `where` for each column by itself.
 */
export function quantizePerChannel(weights: tf.Tensor2D): QuantizedMatrix {
  return tf.tidy(() => {
    const absMax = weights.abs().max(0); // [inputs, outputs] → [outputs]
    const scales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    return {codes: weights.div(scales).round().toInt(), scales};
  });
}

/**
 * The same with one axis more: inputs become groups × groupSize. Neighbours in memory stay neighbours, so nothing is moved, and the way back is a reshape, too.
 * A group as long as the column is per-channel; a group of one would be a scale for each weight.
 */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  return tf.tidy(() => {
    const groups = weights.reshape([inputs / groupSize, groupSize, outputs]);
    const absMax = groups.abs().max(1); // [groups, groupSize, outputs] → [groups, outputs]
    const scales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    const codes = groups.div(scales.expandDims(1)).round().toInt().reshape([inputs, outputs]);
    return {codes, scales};
  });
}

/**
 * LLM.int8(): a matrix product is a sum over the inputs, so it can be cut in two. The few inputs with outliers are summed in float, all others as int8 codes.
 * Row scales of x and column scales of the weights do not depend on the input that is summed over: they come out of the sum, and are multiplied once at the end.
 */
export function llmInt8Matmul(x: tf.Tensor2D, weights: tf.Tensor2D, threshold: number): LlmInt8Product {
  const isOutlier = tf.tidy(() => x.abs().max(0).greaterEqual(threshold)); // [rows, inputs] → [inputs]
  const outlierColumns = Array.from(isOutlier.dataSync()).flatMap((is, column) => (is ? [column] : []));
  const tensors = tf.tidy(() => {
    const regular = x.mul(isOutlier.logicalNot().toFloat()); // 0 in the outlier columns
    const absMax = regular.abs().max(1, true); // [rows, inputs] → [rows, 1]
    const xScales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    const xCodes = regular.div(xScales).round().toInt();
    const {codes: wCodes, scales: wScales} = quantizePerChannel(weights);
    // Sums of whole numbers far below 2^24: float32 holds them exactly, as an int32 accumulator does.
    const sums = tf.matMul(xCodes.toFloat(), wCodes.toFloat());
    let output = sums.mul(xScales).mul(wScales); // [rows, 1] along the columns, [outputs] along the rows
    if (outlierColumns.length > 0) {
      const picked = tf.tensor1d(outlierColumns, 'int32');
      output = output.add(tf.matMul(x.gather(picked, 1), weights.gather(picked, 0)));
    }
    return {output, xCodes, xScales: xScales.flatten(), wCodes, wScales};
  });
  isOutlier.dispose();
  return {...tensors, outlierColumns};
}
