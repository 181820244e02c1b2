import {layers} from '@tensorflow/tfjs-layers';
import {QuantConv2D, QuantDepthwiseConv2D} from './quant-conv.ts';
import {QuantActivation} from './observed-fake-quant.ts';
import {QuantDense} from './quant-dense.ts';
import {classOf, type LayerClass, quantized, type QuantizedLayer, type QuantizerConfig} from './quantized-layer.ts';

/** Layers without a kernel whose output is not on the grid of their input. */
const withoutKernel = [
  layers.reLU(),
  layers.leakyReLU(),
  layers.elu(),
  layers.add(),
  layers.average(),
  layers.maximum(),
  layers.minimum(),
  layers.multiply(),
  layers.concatenate(),
  layers.averagePooling1d({poolSize: 1}),
  layers.averagePooling2d({poolSize: 1}),
  layers.globalAveragePooling1d(),
  layers.globalAveragePooling2d({}),
  layers.batchNormalization(),
].map(classOf);

/** What takes the place of a plain class in a quantized model, by the plain class's name. */
export const quantizedClasses: ReadonlyMap<string, LayerClass<never, QuantizedLayer>> = new Map<string, LayerClass<never, QuantizedLayer>>([
  ['Activation', QuantActivation],
  ['Dense', QuantDense],
  ['Conv2D', QuantConv2D],
  ['DepthwiseConv2D', QuantDepthwiseConv2D],
  ...withoutKernel.map(plain => [plain.className, quantized<QuantizerConfig>(plain)] as const),
]);
