import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** With tensors: floats that are whole hold the sums exactly, up to 2^24. */
export function act(layers: readonly IntegerLayer[], states: Float32Array): Int32Array {
  return tf.tidy(() => {
    let flowing: tf.Tensor = tf.tensor2d(states, [states.length / layers[0]!.inputs, layers[0]!.inputs]);
    layers.forEach(({inputs, outputs, inputScales, codes, scales, bias}, depth) => {
      const q = flowing.div(tf.tensor1d(inputScales)).round().clipByValue(-127, 127);
      const sums = q.matMul(tf.tensor2d(Float32Array.from(codes), [inputs, outputs])).add(tf.tensor1d(Float32Array.from(bias)));
      flowing = sums.mul(tf.tensor1d(scales));
      if (depth < layers.length - 1) flowing = flowing.relu();
    });
    return Int32Array.from(flowing.argMax(1).dataSync());
  });
}
