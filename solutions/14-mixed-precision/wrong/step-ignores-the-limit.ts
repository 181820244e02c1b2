import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'the norm is limited after the scale is taken out'};

/** The limit of the norm is not used. */
export function applyGradients(masters: readonly tf.Tensor[], scaled: readonly tf.Tensor[], {scale, learningRate}: StepOptions): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  if (!taken) return {weights: masters.map(master => master.clone()), taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  return {weights: masters.map((master, i) => master.sub(gradients[i]!.mul(learningRate))), taken};
}
