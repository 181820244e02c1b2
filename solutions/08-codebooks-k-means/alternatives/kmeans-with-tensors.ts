import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Clustered} from '../../../exercises/08-codebooks-k-means/interface.ts';

export * from '../answers.ts';

/** Tensors in place of loops: all distances at once, and masks for the means. */
export function kmeansQuantize(weights: tf.Tensor, bits: number): Clustered {
  const count = 2 ** bits;
  return tf.tidy(() => {
    const values = weights.flatten();
    let centroids = tf.linspace(values.min().dataSync()[0]!, values.max().dataSync()[0]!, count);
    let indices = assign(values, centroids);
    for (let round = 0; round < 200; round++) {
      const members = tf.oneHot(indices.toInt(), count).toFloat(); // [values, count]
      const many = members.sum(0);
      const means = values.expandDims(0).matMul(members).flatten().div(many.maximum(1));
      centroids = tf.where(many.greater(0), means, centroids) as tf.Tensor1D;
      const next = assign(values, centroids);
      const moved = next.notEqual(indices).sum().dataSync()[0]!;
      indices = next;
      if (moved === 0) break;
    }
    return {indices: indices.toInt().reshape(weights.shape), centroids};
  });
}

function assign(values: tf.Tensor, centroids: tf.Tensor): tf.Tensor {
  return values.expandDims(1).sub(centroids.expandDims(0)).abs().argMin(1); // [values, count] → [values]
}
