import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'one gradient that is no number skips the whole step'};

/** Skips only the tensors in which the infinity is; the others move. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
  const gradients = scaled.map(gradient => gradient.div(scale));
  const norms = gradients.filter(gradient => gradient.isFinite().all().dataSync()[0] === 1).map(gradient => gradient.norm().dataSync()[0]!);
  const norm = Math.hypot(...norms);
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  const weights = masters.map((master, i) => {
    const finite = gradients[i]!.isFinite().all().dataSync()[0] === 1;
    return finite ? master.sub(gradients[i]!.mul(learningRate * shrink)) : master.clone();
  });
  return {weights, taken};
}
