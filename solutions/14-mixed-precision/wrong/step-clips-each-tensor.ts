import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'the norm is limited after the scale is taken out'};

/** A norm of its own for each tensor: the direction of the step changes. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  if (!taken) return {weights: masters.map(master => master.clone()), taken};
  const gradients = scaled.map(gradient => gradient.div(scale));
  const clipped = gradients.map(gradient => {
    const norm = gradient.norm().dataSync()[0]!;
    return norm > maxNorm ? gradient.mul(maxNorm / norm) : gradient;
  });
  return {weights: masters.map((master, i) => master.sub(clipped[i]!.mul(learningRate))), taken};
}
