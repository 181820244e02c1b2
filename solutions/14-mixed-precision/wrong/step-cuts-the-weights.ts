import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'many small steps add up in the weights'};

/** Cuts the lower bits of the weights off: towards zero, each time. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  if (!taken) return {weights: masters.map(master => master.clone()), taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0));
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  const cut = (weight: tf.Tensor): tf.Tensor => {
    const bits = new Uint32Array(Float32Array.from(weight.dataSync()).buffer);
    return tf.tensor(new Float32Array(bits.map(code => code & 0xffffe000).buffer), weight.shape); // 10 bits of mantissa stay
  };
  return {weights: masters.map((master, i) => cut(master.sub(gradients[i]!.mul(learningRate * shrink)))), taken};
}
