import type {Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {
  task: 'quantizeDynamic',
  check: 'the model is at least 3.5 times smaller',
};

/** The layers are called dynamic, and the weights are what they were. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  return {layers, weights: model.weights};
}
