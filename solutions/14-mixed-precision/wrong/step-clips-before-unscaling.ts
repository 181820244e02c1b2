import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'the norm is limited after the scale is taken out'};

/** Clips first: the norm of scaled gradients is scale times too large, so every step is clipped. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  if (!taken) return {weights: masters.map(master => master.clone()), taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  const norm = Math.sqrt(scaled.reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0));
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  return {weights: masters.map((master, i) => master.sub(gradients[i]!.mul(learningRate * shrink))), taken};
}
