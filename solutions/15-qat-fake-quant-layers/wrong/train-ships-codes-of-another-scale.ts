import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QatOptions, QuantizedLayer} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
import {FakeQuant, FakeQuantDense} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'trainQat', check: 'at 2 bits it beats quantizing after training'};

function columnScale(kernel: tf.Tensor, bits: number): tf.Tensor {
  const qmax = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.maximum(tf.mul(tf.mean(tf.abs(kernel), 0), 2 / Math.sqrt(qmax)), 1e-8)); // [inputs, units] → [units]
}

/** The codes are made with one scale, the scale that is shipped beside them is another. */
export async function trainQat(
  model: readonly FloatLayer[],
  images: tf.Tensor2D,
  labels: tf.Tensor1D,
  {bits, epochs, ranges}: QatOptions,
): Promise<QuantizedLayer[]> {
  const dense = model.map(({kernel, bias}) => {
    const layer = new FakeQuantDense({units: bias.shape[0], bits});
    layer.build([null, kernel.shape[0]]);
    layer.setWeights([kernel, bias]);
    return layer;
  });
  const between = ranges.map(high => {
    const layer = new FakeQuant({bits, high});
    layer.build();
    return layer;
  });
  const forward = (x: tf.Tensor): tf.Tensor =>
    dense.reduce((h, layer, i) => layer.apply(i === 0 ? h : (between[i - 1]!.apply(h) as tf.Tensor)) as tf.Tensor, x);

  const weights = [...dense, ...between].flatMap(layer => layer.trainableWeights.map(weight => weight.read() as tf.Variable));
  const [count, batch, learningRate] = [images.shape[0], 64, 0.006];
  const classes = model.at(-1)!.bias.shape[0];
  const optimizer = tf.train.adam(learningRate) as tf.AdamOptimizer & {learningRate: number};
  for (let epoch = 0; epoch < epochs; epoch++) {
    optimizer.learningRate = learningRate * (1 - epoch / epochs);
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from);
      tf.tidy(() => {
        const wanted = tf.oneHot(tf.slice(labels, from, size), classes);
        optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(wanted, forward(tf.slice(images, [from, 0], [size, -1]))) as tf.Scalar,
          false,
          weights,
        );
      });
    }
    await tf.nextFrame(); // lets the notebook's stop button through
  }
  optimizer.dispose();

  const half = 2 ** (bits - 1);
  const layers = dense.map((layer, i) => {
    const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
    const scale = columnScale(kernel, bits) as tf.Tensor1D;
    const codes = tf.tidy(
      () =>
        tf.cast(
          tf.clipByValue(tf.round(tf.div(kernel, tf.div(tf.max(tf.abs(kernel), 0), half - 1))), -half, half - 1),
          'int32',
        ) as tf.Tensor2D,
    );
    const high = i === 0 ? 0 : between[i - 1]!.getWeights()[0]!.dataSync()[0]!;
    return {
      codes,
      scale,
      zeroPoint: tf.zeros([bias.shape[0]], 'int32') as tf.Tensor1D,
      bias: tf.clone(bias),
      input: i === 0 ? null : {scale: high / (2 ** bits - 1), zeroPoint: 0},
    };
  });
  tf.dispose(weights);
  return layers;
}
