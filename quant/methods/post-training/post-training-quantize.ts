import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Batch, calibrate, freeze} from '../../models/calibrate.ts';
import {foldBatchNorm} from '../../models/fold-batch-norm.ts';
import {copyWeights, disposeAll, type Graph, graphOf, modelOf} from '../../models/graph.ts';
import {quantizeModel} from '../../models/quantize-model.ts';
import type {Recipe} from '../../models/recipe.ts';
import {correctBiases} from './correct-biases.ts';
import {equalizeLayers} from './equalize-layers.ts';

/** What `postTrainingQuantize` does before and after quantizing. */
export interface PostTrainingOptions {
  /** 8 bits everywhere without it; names are those of the given model, but for the batch normalizations, which are folded. */
  readonly recipe?: Recipe;
  /** A list of batches of typical inputs: some hundred examples. */
  readonly calibration: readonly Batch[];
  /** See `equalizeLayers`; false without it. It helps where weights have one scale for a whole tensor. */
  readonly equalize?: boolean;
  /** See `correctBiases`; false without it. Layers without a bias get one. */
  readonly biasCorrection?: boolean;
}

/**
 * Quantizes a trained model without training: folds its batch normalizations where they can be, equalizes neighbouring layers and corrects biases where
 * asked, and fixes activations' ranges on calibration data. The given model stays as it is; both are the caller's to dispose. With `strip` and
 * `toInteger` it goes on as any model of `quantizeModel`.
 * Source: Nagel et al. 2021, A White Paper on Neural Network Quantization, section 3.
 * @throws what `quantizeModel`, `calibrate`, `equalizeLayers` and `correctBiases` throw
 */
export async function postTrainingQuantize<Model extends LayersModel>(
  model: Model,
  {recipe = {}, calibration, equalize = false, biasCorrection = false}: PostTrainingOptions,
): Promise<Model> {
  const steps: readonly ((model: Model) => Model)[] = [
    model => foldBatchNorm(model, {others: 'keep'}),
    ...(equalize ? [equalizeLayers<Model>] : []),
    ...(biasCorrection ? [withBiases<Model>] : []),
  ];
  const made: Model[] = [];
  try {
    for (const step of steps) made.push(step(made.at(-1) ?? model));
    const float = made.at(-1)!;
    const quantized = quantizeModel(float, recipe);
    try {
      await calibrate(quantized, calibration);
      freeze(quantized);
      if (biasCorrection) correctBiases(float, quantized, calibration);
      return quantized;
    } catch (error) {
      disposeAll(quantized);
      throw error;
    }
  } finally {
    for (const model of made) disposeAll(model);
  }
}

/** A copy whose layers with a kernel all have a bias, of zeros where there was none. */
function withBiases<Model extends LayersModel>(model: Model): Model {
  const graph = graphOf(model);
  giveBiases(graph);
  const made = modelOf(graph, model);
  copyWeights(model, made);
  return made as Model;
}

function giveBiases(graph: Graph): void {
  for (const layer of graph.layers) {
    if (layer.inner) giveBiases(layer.inner);
    else if (['Dense', 'Conv2D', 'DepthwiseConv2D'].includes(layer.className))
      layer.config = {...layer.config, useBias: true, ...(layer.config['useBias'] === false && {biasInitializer: 'zeros'})};
  }
}
