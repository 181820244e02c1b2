import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {storeAs} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'applyGradients', check: 'many small steps add up in the weights'};

/** Casts the new weights to float16: the master copy is no longer float32. */
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
  return {weights: masters.map((master, i) => storeAs(master.sub(gradients[i]!.mul(learningRate * shrink)), 'float16')), taken};
}
