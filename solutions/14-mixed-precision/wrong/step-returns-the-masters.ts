import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'weights and gradients are left as they were'};

/** Returns the very masters where the step is skipped: who then disposes the old weights has no new ones. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  if (!taken) return {weights: [...masters], taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0));
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  const weights = masters.map((master, i) => master.sub(gradients[i]!.mul(learningRate * shrink)));
  return {weights, taken};
}
