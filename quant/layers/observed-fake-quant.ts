import * as tf from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {ActivationQuantization} from './activation-quantizer.ts';
import {classOf, quantized, type QuantizerConfig} from './quantized-layer.ts';

/** What a layer that observes and snaps activations is configured with. */
export type ObservedFakeQuantConfig = ActivationQuantization &
  Omit<Parameters<typeof layers.activation>[0], 'activation'> & {readonly frozen?: boolean};

/** Where the range of an activation function's output is observed; without a function, that of its input. */
export const QuantActivation = quantized<Parameters<typeof layers.activation>[0] & QuantizerConfig>(
  classOf(layers.activation({name: 'plain', activation: 'linear'})),
);

/**
 * Snaps what passes to one grid, signed or not, symmetric or not, whose range was observed (see `ActivationQuantizer`): for networks that are put
 * together by hand. `calibrate` and `freeze` know it; `quantizeModel` puts the like of it into the layers themselves.
 */
export class ObservedFakeQuant extends QuantActivation {
  static override className = 'SnapgridObservedFakeQuant';

  constructor(config: ObservedFakeQuantConfig) {
    const {bits, signed, scheme, observer, averagingConstant, ...plain} = config;
    const quantizeOutput: ActivationQuantization = {
      bits,
      ...(signed !== undefined && {signed}),
      ...(scheme && {scheme}),
      ...(observer && {observer}),
      ...(averagingConstant !== undefined && {averagingConstant}),
    };
    super({...plain, activation: 'linear', quantizeOutput});
  }

  override getConfig(): tf.serialization.ConfigDict {
    const {activation: _linear, quantizeInputs: _none, quantizeOutput, ...plain} = super.getConfig();
    return {...plain, ...(quantizeOutput as tf.serialization.ConfigDict)};
  }
}
tf.serialization.registerClass(ObservedFakeQuant as unknown as tf.serialization.SerializableConstructor<ObservedFakeQuant>);
