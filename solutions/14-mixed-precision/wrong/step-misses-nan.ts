import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'one gradient that is no number skips the whole step'};

/** No comparison finds NaN: it is not above anything. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = !scaled.some(gradient => gradient.abs().greater(65504).any().dataSync()[0] === 1);
  if (!taken) return {weights: masters.map(master => master.clone()), taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0));
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  return {weights: masters.map((master, i) => master.sub(gradients[i]!.mul(learningRate * shrink))), taken};
}
