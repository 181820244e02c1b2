import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** With tensors: two maxima over an axis, and two divisions that broadcast. tf.round sends ties to the even number. */
export function quantizeLayer({inputs, outputs, kernel, bias}: FloatLayer, observed: Float32Array, bits: number): IntegerLayer {
  const qmax = 2 ** (bits - 1) - 1;
  const [inputScales, codes, scales, whole] = tf.tidy(() => {
    const most = tf
      .tensor2d(observed, [observed.length / inputs, inputs])
      .abs()
      .max(0); // [inputs]
    const folded = tf.tensor2d(kernel, [inputs, outputs]).mul(most.div(127).expandDims(1)); // rows times their inputs' steps
    const top = folded.abs().max(0).div(qmax); // [outputs]
    const steps = tf.where(top.greater(0), top, tf.onesLike(top));
    const inputSteps = most.div(127);
    return [
      tf.where(inputSteps.greater(0), inputSteps, tf.onesLike(inputSteps)),
      folded.div(steps).round(),
      steps,
      tf.tensor1d(bias).div(steps).round(),
    ].map(tensor => tensor.dataSync() as Float32Array);
  }) as unknown as [Float32Array, Float32Array, Float32Array, Float32Array];
  return {inputs, outputs, inputScales, codes: Int8Array.from(codes), scales, bias: Int32Array.from(whole)};
}
