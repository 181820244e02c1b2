import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FakeQuantDenseConfig} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
import {fakeQuantize, fitLayer} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'FakeQuantDense', check: 'the float weights learn through the rounding'};

/** Keeps only the snapped weights: each small step of training is rounded away before the next. */
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
        scale: tf.div(tf.max(tf.abs(kernel), 0), half - 1),
        zeroPoint: 0,
        qmin: -half,
        qmax: half - 1,
      }) as tf.Tensor2D;
      this.kernel.write(snapped);
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
