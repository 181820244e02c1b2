import type * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {LayerSelector} from '../../models/recipe.ts';
import {replaceDense} from '../../models/replace-layers.ts';
import {DynamicDense, type DynamicQuantization} from './dynamic-dense.ts';

/** How `quantizeDynamic` quantizes, and which layers it leaves. */
export interface DynamicOptions extends DynamicQuantization {
  /** Layers that stay as they are: by name, RegExp or class. */
  readonly skip?: readonly LayerSelector[];
}

/**
 * A new model whose Dense layers, those of models within it too, compute with int8 weights and activations that are quantized batch by batch (see
 * `DynamicDense`): no calibration, a quarter of the weights' bytes. Everything else stays float, with copies of its weights. A layer that is used twice
 * stays one layer. The given model stays as it is; both are the caller's to dispose.
 * @throws RangeError where `skip` chooses no layer
 * @throws Error for a model that is not built
 * @see torch.ao.quantization.quantize_dynamic; onnxruntime.quantization.quantize_dynamic
 */
export function quantizeDynamic<Model extends LayersModel>(model: Model, {skip = [], ...options}: DynamicOptions = {}): Model {
  return replaceDense<Model, DynamicDense>(model, skip, {
    className: DynamicDense.className,
    config: options as tf.serialization.ConfigDict,
    fill: (to, weights) => to.setWeightsOf(weights),
  });
}
