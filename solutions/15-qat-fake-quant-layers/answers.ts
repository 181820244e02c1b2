import * as tf from '@tensorflow/tfjs-node-gpu';
import type {
  FakeQuantConfig,
  FakeQuantDenseConfig,
  FloatLayer,
  Grid,
  QatOptions,
  QuantizedLayer,
} from '../../exercises/15-qat-fake-quant-layers/interface.ts';

/** The lesson's own: trains a layer's weights until its output resembles `wanted`. */
export function fitLayer(layer: tf.layers.Layer, x: tf.Tensor, wanted: tf.Tensor, steps: number): void {
  const output = (): tf.Tensor => layer.apply(x) as tf.Tensor;
  tf.dispose(output());
  const weights = layer.trainableWeights.map(weight => weight.read() as tf.Variable);
  if (weights.length === 0) return;
  const optimizer = tf.train.adam(0.05);
  for (let step = 0; step < steps; step++)
    optimizer.minimize(() => tf.losses.meanSquaredError(wanted, output()) as tf.Scalar, false, weights);
  optimizer.dispose();
}

/**
 * Forward: snap to the grid. Backward: what the chain rule would give (zero everywhere, the grid is a staircase) is replaced
 * by the slope of the line that the staircase follows: 1 on the grid, 0 where the value was clipped.
 */
export function fakeQuantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const snap = tf.customGrad((x, save) => {
    const q = tf.add(tf.round(tf.div(x as tf.Tensor, scale)), zeroPoint);
    const inside = tf.logicalAnd(tf.greaterEqual(q, qmin), tf.lessEqual(q, qmax)); // PyTorch's mask: by the code before clipping
    (save as tf.GradSaveFunc)([inside]);
    const value = tf.mul(tf.sub(tf.clipByValue(q, qmin, qmax), zeroPoint), scale);
    return {value, gradFunc: (dy, [inside]) => tf.mul(dy, tf.cast(inside!, 'float32'))};
  });
  return snap(x);
}

/** Snaps to an unsigned grid on [0, high] whose high end is learned: the values that it clips pull it up or down (PACT, Choi et al. 2018). */
export class FakeQuant extends tf.layers.Layer {
  static className = 'FakeQuant';
  readonly bits: number;
  readonly start: number;
  private high!: tf.LayerVariable;

  constructor(config: FakeQuantConfig) {
    super(config);
    this.bits = config.bits;
    this.start = config.high;
  }

  override build(): void {
    this.high = this.addWeight('high', [], 'float32', tf.initializers.constant({value: this.start}));
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const high = this.high.read();
      const qmax = 2 ** this.bits - 1;
      // min(max(x, 0), high), written so that the gradient reaches `high` wherever x is above it
      const clipped = tf.sub(tf.relu(x), tf.relu(tf.sub(x, high)));
      return fakeQuantize(clipped, {scale: tf.div(high, qmax), zeroPoint: 0, qmin: 0, qmax});
    });
  }

  /** All that the constructor needs; the learned range travels with the weights. */
  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), bits: this.bits, high: this.start};
  }

  fit(x: tf.Tensor, wanted: tf.Tensor, steps: number): void {
    fitLayer(this, x, wanted, steps);
  }
}
tf.serialization.registerClass(FakeQuant);

/** One scale per column, twice the mean size of its weights over √qmax: at few bits better than the largest weight, which would push most others to 0. */
function columnScale(kernel: tf.Tensor, bits: number): tf.Tensor {
  const qmax = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.maximum(tf.mul(tf.mean(tf.abs(kernel), 0), 2 / Math.sqrt(qmax)), 1e-8)); // [inputs, units] → [units]
}

/** A dense layer that computes with snapped weights and trains the float ones behind them. */
export class FakeQuantDense extends tf.layers.Layer {
  static className = 'FakeQuantDense';
  readonly units: number;
  readonly bits: number;
  private kernel!: tf.LayerVariable;
  private bias!: tf.LayerVariable;

  constructor(config: FakeQuantDenseConfig) {
    super(config);
    this.units = config.units;
    this.bits = config.bits;
  }

  override build(inputShape: tf.Shape): void {
    this.kernel = this.addWeight('kernel', [inputShape.at(-1)!, this.units], 'float32', tf.initializers.glorotUniform({}));
    this.bias = this.addWeight('bias', [this.units], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor2D;
      const kernel = this.kernel.read() as tf.Tensor2D;
      const half = 2 ** (this.bits - 1);
      const snapped = fakeQuantize(kernel, {
        scale: columnScale(kernel, this.bits),
        zeroPoint: 0,
        qmin: -half,
        qmax: half - 1,
      }) as tf.Tensor2D;
      return tf.add(tf.matMul(x, snapped), this.bias.read());
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, -1), this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), units: this.units, bits: this.bits};
  }

  fit(x: tf.Tensor, wanted: tf.Tensor, steps: number): void {
    fitLayer(this, x, wanted, steps);
  }
}
tf.serialization.registerClass(FakeQuantDense);

/**
 * Fine-tunes with the rounding in the loop, then exports what the layers computed with in the last step: the same scale for the codes and for the reader.
 * The float network only gives the starting point.
 */
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
    const codes = tf.tidy(() => tf.cast(tf.clipByValue(tf.round(tf.div(kernel, scale)), -half, half - 1), 'int32') as tf.Tensor2D);
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
