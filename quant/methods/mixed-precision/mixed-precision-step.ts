import * as tf from '@tensorflow/tfjs-core';
import type {FloatFormat} from '../../formats/float-format.ts';
import {rounded} from './cast-float.ts';
import type {LossScaler} from './loss-scaler.ts';

/** How `mixedPrecisionStep` computes. */
export interface MixedPrecision {
  /** What weights and their gradients are rounded to; activations are where `castFloat` or `CastFloat` stand. */
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
 * @param variables what is trained, such as `model.trainableWeights.map(weight => weight.read())`
 */
export function mixedPrecisionStep(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  lossOf: () => tf.Scalar,
  {format, scaler}: MixedPrecision,
): MixedPrecisionStep {
  const masters = variables.map(variable => tf.clone(variable));
  let loss = NaN;
  let gradients: tf.NamedTensorMap;
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
    variables.forEach((variable, i) => variable.assign(masters[i]!));
    tf.dispose(masters);
  }
  const unscaled = scaler ? scaler.unscale(gradients) : {gradients, finite: true};
  if (unscaled.finite) optimizer.applyGradients(unscaled.gradients);
  scaler?.update(unscaled.finite);
  tf.dispose([gradients, unscaled.gradients]);
  return {loss, taken: unscaled.finite};
}
