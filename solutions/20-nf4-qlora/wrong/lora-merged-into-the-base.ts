import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Adapter, LoraOptions, Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {quantizeNf4, restoreNf4} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'trainLora', check: 'the base is what it was, byte for byte'};

/** Merges the adapters into the base and stores its codes again. */
export function trainLora(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  base: readonly Nf4[],
  {rank, alpha, steps, learningRate}: LoraOptions,
): Adapter[] {
  const frozen = base.map(restoreNf4);
  const adapters = frozen.map(({shape: [inputs, outputs]}) => ({
    a: tf.variable(tf.randomNormal<tf.Rank.R2>([inputs, rank], 0, 1 / Math.sqrt(inputs))),
    b: tf.variable(tf.zeros<tf.Rank.R2>([rank, outputs])),
  }));
  const optimizer = tf.train.adam(learningRate);
  for (let step = 0; step < steps; step++) {
    optimizer.minimize(
      () => {
        let h: tf.Tensor2D = x;
        for (const [i, w] of frozen.entries()) {
          const {a, b} = adapters[i]!;
          const out = h.matMul(w).add(
            h
              .matMul(a)
              .matMul(b)
              .mul(alpha / rank),
          ) as tf.Tensor2D;
          h = i < frozen.length - 1 ? out.relu() : out;
        }
        return tf.losses.meanSquaredError(y, h).asScalar();
      },
      false,
      adapters.flatMap(({a, b}) => [a, b]),
    );
  }
  for (const [i, one] of base.entries()) {
    const sum = tf.tidy(() => frozen[i]!.add(adapters[i]!.a.matMul(adapters[i]!.b).mul(alpha / rank)));
    const again = quantizeNf4(sum, (2 * one.packed.length) / one.absMax.length);
    one.packed.set(again.packed);
    one.absMax.set(again.absMax);
  }
  return adapters;
}
