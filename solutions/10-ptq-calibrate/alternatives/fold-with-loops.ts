import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

/** Loops over plain arrays. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  const [k, g, b, m, v] = [kernel, gamma, beta, mean, variance].map(part => part.dataSync()) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const outputs = g.length;
  const factors = Array.from(g, (value, j) => value / Math.sqrt(v[j]! + epsilon));
  return {
    kernel: tf.tensor4d(
      Float32Array.from(k, (value, i) => value * factors[i % outputs]!),
      kernel.shape,
    ),
    bias: tf.tensor1d(factors.map((factor, j) => b[j]! - m[j]! * factor)),
  };
}
