import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {FloatFormat} from '../../formats/float-format.ts';
import {layersOf} from '../../models/graph.ts';
import {castFloat, rounded} from './cast-float.ts';
import type {LossScaler} from './loss-scaler.ts';

/** How `mixedPrecisionStep` computes. */
export interface MixedPrecision {
  /** What weights, activations and the gradients of both are rounded to. */
  readonly format: FloatFormat;
  /** Without one the loss stays as it is, and no step is skipped. */
  readonly scaler?: LossScaler;
}

/** What a step in mixed precision did. */
export interface MixedPrecisionStep {
  /** Not scaled. */
  readonly loss: number;
  /** False where gradients overflowed and the weights stayed as they were. */
  readonly taken: boolean;
}

/**
 * One step of training with weights and gradients in a narrow float format and float32 master copies of the weights: the loss is computed with rounded
 * weights, its gradients are rounded, and the optimizer moves the masters, so that changes too small for the format still add up.
 * Source: Micikevicius et al. 2018, Mixed Precision Training, section 3.1.
 * @param trained a model, whose layers round what they put out and the gradients that come back to it, as `castFloat` does; or variables, where
 * activations are rounded by what `lossOf` calls
 * @param lossOf computes the loss with them: `() => tf.losses.meanSquaredError(y, model.apply(x, {training: true}))`
 */
export function mixedPrecisionStep(
  optimizer: tf.Optimizer,
  trained: LayersModel | readonly tf.Variable[],
  lossOf: () => tf.Scalar,
  {format, scaler}: MixedPrecision,
): MixedPrecisionStep {
  const model = 'trainableWeights' in trained ? trained : undefined;
  const variables = 'trainableWeights' in trained ? trained.trainableWeights.map(weight => weight.read() as tf.Variable) : trained;
  const masters = variables.map(variable => tf.clone(variable));
  let loss = NaN;
  let gradients: tf.NamedTensorMap;
  const undo = model ? castOutputs(model, format) : undefined;
  try {
    gradients = tf.tidy(() => {
      for (const variable of variables) variable.assign(rounded(variable, format));
      const {grads} = tf.variableGrads(() => {
        const unscaled = lossOf();
        loss = unscaled.dataSync()[0]!;
        return scaler ? scaler.scaleLoss(unscaled) : unscaled;
      }, [...variables]);
      return Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, rounded(gradient, format)]));
    });
  } finally {
    undo?.();
    variables.forEach((variable, i) => variable.assign(masters[i]!));
    tf.dispose(masters);
  }
  const unscaled = scaler ? scaler.unscale(gradients) : {gradients, finite: true};
  if (unscaled.finite) optimizer.applyGradients(unscaled.gradients);
  scaler?.update(unscaled.finite);
  tf.dispose([gradients, unscaled.gradients]);
  return {loss, taken: unscaled.finite};
}

/** Rounds what each layer puts out, until the function that it returns is called. */
function castOutputs(model: LayersModel, format: FloatFormat): () => void {
  const cast = (y: tf.Tensor): tf.Tensor => (y.dtype === 'float32' ? castFloat(y, format) : y);
  const layers = layersOf(model).map(({layer}) => layer);
  for (const layer of layers) {
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      return Array.isArray(outputs) ? outputs.map(cast) : cast(outputs);
    };
  }
  return () => {
    // The class's own comes back.
    for (const layer of layers) delete (layer as Partial<typeof layer>).call;
  };
}
