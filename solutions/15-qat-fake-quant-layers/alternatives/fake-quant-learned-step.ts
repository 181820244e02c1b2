import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FakeQuantConfig} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
import {fitLayer} from '../answers.ts';
export * from '../answers.ts';

/** The gradient of the range as LSQ has it (Esser et al. 2020): rounding errors inside the range count as well. Lesson 16 derives it. */
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
      const snap = tf.customGrad((x, high, save) => {
        const steps = tf.div(x as tf.Tensor, tf.div(high as tf.Tensor, qmax));
        const q = tf.clipByValue(tf.round(steps), 0, qmax);
        const inside = tf.cast(tf.equal(q, tf.round(steps)), 'float32');
        (save as tf.GradSaveFunc)([q, steps, inside]);
        const gradFunc = (dy: tf.Tensor, [q, steps, inside]: tf.Tensor[]): tf.Tensor[] => [
          tf.mul(dy, inside!),
          tf.sum(tf.mul(dy, tf.div(tf.sub(q!, tf.mul(steps!, inside!)), qmax))),
        ];
        return {value: tf.mul(q, tf.div(high as tf.Tensor, qmax)), gradFunc};
      });
      return snap(x, high);
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
