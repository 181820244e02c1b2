import type * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {layersOf} from '../../models/graph.ts';
import type {LayerSelector} from '../../models/recipe.ts';
import {replaceDense, replaceLayers} from '../../models/replace-layers.ts';
import {QLoraDense, type QLoraDenseConfig} from './qlora-dense.ts';

/** How the kernels are quantized, and how large the adapters are. */
export interface QLoraOptions extends Pick<QLoraDenseConfig, 'rank' | 'alpha' | 'codebook' | 'blockSize' | 'doubleQuantization'> {
  /** Dense layers that get no adapter and stay in float: by name, RegExp or class. */
  readonly skip?: readonly LayerSelector[];
}

/**
 * A new model whose Dense layers, those of models within it too, are frozen in 4 bits with adapters to train (see `QLoraDense`); everything else is
 * copied and frozen. It begins as the given one with quantized kernels; that one stays as it is. `mergeQLora` makes it plain again.
 * Source: Dettmers et al. 2023, QLoRA, section 3.
 * @throws RangeError where `skip` chooses no layer, or at a rank or block size that `QLoraDense` refuses
 * @throws Error for a model that is not built
 */
export function addQLora<Model extends LayersModel>(model: Model, {skip = [], ...options}: QLoraOptions): Model {
  const made = replaceDense<Model, QLoraDense>(model, skip, {
    className: QLoraDense.className,
    config: options as tf.serialization.ConfigDict,
    fill: (to, weights) => to.setBase(weights),
  });
  for (const {layer} of layersOf(made)) layer.trainable = layer instanceof QLoraDense;
  return made;
}

/** A new model with a plain Dense layer of the merged float kernel in the place of each `QLoraDense`; layers that were frozen stay frozen. */
export function mergeQLora<Model extends LayersModel>(model: Model): Model {
  return replaceLayers(model, layer => {
    if (layer.className !== QLoraDense.className) return undefined;
    return {
      className: 'Dense',
      config: {},
      fill: (to, from) => {
        const {kernel, bias} = (from as QLoraDense).merged();
        to.setWeights(bias ? [kernel, bias] : [kernel]);
        kernel.dispose();
        bias?.dispose();
      },
    };
  });
}

/** The share of a model's numbers that are trained; of a `QLoraDense`, each 4-bit code counts as one number. */
export function trainableShare(model: LayersModel): number {
  let [trained, all] = [0, 0];
  for (const {layer} of layersOf(model)) {
    const sizes = (weights: typeof layer.weights): number => weights.reduce((sum, weight) => sum + weight.read().size, 0);
    const counted = layer instanceof QLoraDense ? layer.parameters() : {trained: sizes(layer.trainableWeights), all: sizes(layer.weights)};
    trained += counted.trained;
    all += counted.all;
  }
  return trained / all;
}
