import * as tf from '@tensorflow/tfjs-node-gpu';
import type {
  Backward,
  FormatName,
  Scaler,
  ScalerOptions,
  Step,
  StepOptions,
  Trained,
  TrainOptions,
} from '../../exercises/14-mixed-precision/interface.ts';

/** The lesson's own: every number as the format stores it, the nearest one, ties to even; what is too large becomes infinite. */
export function storeAs(x: tf.Tensor, format: FormatName): tf.Tensor {
  if (format === 'float32') return tf.clone(x);
  const [exponentBits, mantissaBits] = format === 'float16' ? [5, 10] : [8, 7];
  const bias = 2 ** (exponentBits - 1) - 1;
  const largest = (2 - 2 ** -mantissaBits) * 2 ** bias;
  const stored = (x.dataSync() as Float32Array).map(value => {
    const magnitude = Math.abs(value);
    if (!(magnitude > 0 && magnitude < Infinity)) return value; // 0, an infinity, NaN
    const step = 2 ** (Math.max(Math.floor(Math.log2(magnitude)), 1 - bias) - mantissaBits);
    const steps = magnitude / step;
    let nearest = Math.round(steps);
    if (nearest - steps === 0.5 && nearest % 2 === 1) nearest--;
    return Math.sign(value) * (nearest * step > largest ? Infinity : nearest * step);
  });
  return tf.tensor(stored, x.shape);
}

/** The lesson's own: forward and backward through a linear layer, everything that is stored in between rounded to the format. */
export function backward(weights: readonly tf.Tensor[], x: tf.Tensor2D, y: tf.Tensor2D, format: FormatName, scale: number): Backward {
  const store = (t: tf.Tensor): tf.Tensor2D => storeAs(t, format) as tf.Tensor2D;
  const [kernel, bias] = weights as [tf.Tensor2D, tf.Tensor1D];
  let loss = NaN;
  const gradients = tf.tidy(() => {
    const inputs = store(x); // [batch, inputs]
    const output = store(inputs.matMul(store(kernel)).add(store(bias))); // [batch, outputs]
    const error = output.sub(y);
    loss = error.square().mean().dataSync()[0]!;
    const dOutput = store(error.mul((2 / error.size) * scale)); // the gradient of scale · loss
    return [store(inputs.transpose().matMul(dOutput)), store(dOutput.sum(0))]; // [inputs, outputs], [outputs]
  });
  return {loss, gradients};
}

/**
 * The largest power of two that leaves the largest gradient at 32768 or below: half of what float16 holds, so that a gradient that
 * grows to twice its size still fits. A power of two changes the exponent alone: no digit of a gradient is lost by it.
 */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = Math.max(...gradients.map(gradient => tf.tidy(() => gradient.abs().max().dataSync()[0]!)));
  if (absMax === 0) return 1; // nothing to rescue
  let scale = 1;
  while (absMax * scale > 32768) scale /= 2;
  while (absMax * scale * 2 <= 32768) scale *= 2;
  return scale;
}

/**
 * The order is everything: look for infinities first, then divide by the scale in float32, then clip what are now the true gradients,
 * then move the float32 masters.
 */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  return tf.tidy(() => {
    const taken = scaled.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
    if (!taken) return {weights: masters.map(master => master.clone()), taken};
    const gradients = scaled.map(gradient => gradient.div(scale));
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0));
    const shrink = norm > maxNorm ? maxNorm / norm : 1;
    return {weights: masters.map((master, i) => master.sub(gradients[i]!.mul(learningRate * shrink))), taken};
  });
}

/** Two numbers change: the scale, and how many good steps there were in a row. A skipped step halves the one and clears the other. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private goodSteps = 0;
  private skippedSteps = 0;

  constructor(options: ScalerOptions) {
    this.options = options;
    this.current = options.initialScale;
  }

  scale(): number {
    return this.current;
  }

  update(taken: boolean): void {
    const {growthFactor, backoffFactor, growthInterval, minScale} = this.options;
    if (!taken) {
      this.skippedSteps++;
      this.goodSteps = 0;
      this.current = Math.max(this.current * backoffFactor, minScale);
    } else if (++this.goodSteps === growthInterval) {
      this.goodSteps = 0;
      this.current *= growthFactor;
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}

/** The parts put together: the 16-bit format is inside of `backward`, the masters outside of it stay float32. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, maxNorm, scaler: options}: TrainOptions,
): Trained {
  const scaler = new LossScaler(options);
  const losses: number[] = [];
  let weights = start.map(weight => weight.clone());
  for (let i = 0; i < steps; i++) {
    const scale = scaler.scale();
    const {loss, gradients} = backward(weights, x, y, format, scale);
    const step = applyGradients(weights, gradients, {scale, learningRate, maxNorm});
    scaler.update(step.taken);
    losses.push(loss);
    tf.dispose([weights, gradients]);
    weights = step.weights;
  }
  return {weights, losses, skipped: scaler.skipped()};
}
