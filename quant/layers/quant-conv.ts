import * as tf from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {classOf, type LayerClass, quantized, type QuantizedLayer, type QuantizerConfig} from './quantized-layer.ts';

/** What `tf.layers.conv2d` is configured with, and how to quantize. */
export type QuantConv2DConfig = Parameters<typeof layers.conv2d>[0] & QuantizerConfig;
/** What `tf.layers.depthwiseConv2d` is configured with, and how to quantize. */
export type QuantDepthwiseConv2DConfig = Parameters<typeof layers.depthwiseConv2d>[0] & QuantizerConfig;

/** `tf.layers.conv2d` with its kernel [height, width, channels, filters] snapped, a scale to each filter or one for all. */
export const QuantConv2D: LayerClass<QuantConv2DConfig, QuantizedLayer> = quantized(
  classOf(layers.conv2d({name: 'plain', filters: 1, kernelSize: 1})),
  {
    field: 'kernel',
    channelAxes: 1,
  },
);

const Depthwise = quantized<QuantDepthwiseConv2DConfig>(classOf(layers.depthwiseConv2d({name: 'plain', kernelSize: 1})), {
  field: 'depthwiseKernel',
  channelAxes: 2,
});

/** `tf.layers.depthwiseConv2d` with its kernel [height, width, channels, multiplier] snapped, a scale to each output channel or one for all. */
export class QuantDepthwiseConv2D extends Depthwise {
  static override className = Depthwise.className;

  /** @throws RangeError at a dilation, which tfjs's layer leaves out without a word */
  constructor(config: QuantDepthwiseConv2DConfig) {
    super(config);
    if ([config.dilationRate ?? 1].flat().some(rate => rate !== 1))
      throw new RangeError(
        `Expected no dilation in ${this.name}, got ${JSON.stringify(config.dilationRate)}; tfjs's depthwise layer computes without it, conv2d has it`,
      );
  }
}
tf.serialization.registerClass(QuantDepthwiseConv2D as unknown as tf.serialization.SerializableConstructor<QuantDepthwiseConv2D>);
