import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Adapter, LoraOptions, Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {restoreNf4} from '../answers.ts';

export * from '../answers.ts';

/** The gradients of A and B by their formulas: dA = s · xᵀ·(g·Bᵀ), dB = s · (x·A)ᵀ·g, with g the gradient of the layer's output. */
export function trainLora(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  base: readonly Nf4[],
  {rank, alpha, steps, learningRate}: LoraOptions,
): Adapter[] {
  const frozen = base.map(restoreNf4);
  const adapters = frozen.map(({shape: [inputs, outputs]}) => ({
    a: tf.variable(tf.randomUniform<tf.Rank.R2>([inputs, rank], -1.7 / Math.sqrt(inputs), 1.7 / Math.sqrt(inputs))),
    b: tf.variable(tf.zeros<tf.Rank.R2>([rank, outputs])),
  }));
  const optimizer = tf.train.adam(learningRate);
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const layers = [x];
      for (const [i, w] of frozen.entries()) {
        const update = layers[i]!.matMul(adapters[i]!.a)
          .matMul(adapters[i]!.b)
          .mul(alpha / rank);
        const out = layers[i]!.matMul(w).add<tf.Tensor2D>(update);
        layers.push(i < frozen.length - 1 ? out.relu() : out);
      }
      const gradients: {name: string; tensor: tf.Tensor}[] = [];
      let g = layers
        .at(-1)!
        .sub(y)
        .mul<tf.Tensor2D>(2 / y.size);
      for (let i = frozen.length - 1; i >= 0; i--) {
        const {a, b} = adapters[i]!;
        if (i < frozen.length - 1) g = g.mul(layers[i + 1]!.greater(0));
        const through = g.matMul(b, false, true).mul<tf.Tensor2D>(alpha / rank); // g·Bᵀ
        gradients.push({name: a.name, tensor: layers[i]!.matMul(through, true)});
        gradients.push({
          name: b.name,
          tensor: layers[i]!.matMul(a)
            .transpose()
            .matMul(g)
            .mul(alpha / rank),
        });
        g = g.matMul(frozen[i]!, false, true).add(through.matMul(a, false, true));
      }
      optimizer.applyGradients(gradients);
    });
  }
  tf.dispose(frozen);
  optimizer.dispose();
  return adapters;
}
