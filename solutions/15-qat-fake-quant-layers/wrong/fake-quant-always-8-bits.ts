import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FakeQuantConfig} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
import {fakeQuantize, fitLayer} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'FakeQuant', check: 'the output is on the grid of the range'};

/** The bits do not reach the grid. */
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
      const qmax = 2 ** 8 - 1;
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
