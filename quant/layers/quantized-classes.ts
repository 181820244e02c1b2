import {layers} from '@tensorflow/tfjs-layers';
import {QuantConv2D, QuantDepthwiseConv2D} from './quant-conv.ts';
import {QuantActivation} from './observed-fake-quant.ts';
import {QuantDense} from './quant-dense.ts';
import {classOf, type LayerClass, quantized, type QuantizedLayer, type QuantizerConfig} from './quantized-layer.ts';

/** Named: a name that tfjs makes up would be missing in the user's own count. */
const named = {name: 'plain'};

/** Layers without a kernel whose output is not on the grid of their input. */
const withoutKernel = [
  layers.reLU(named),
  layers.leakyReLU(named),
  layers.elu(named),
  layers.add(named),
  layers.average(named),
  layers.maximum(named),
  layers.minimum(named),
  layers.multiply(named),
  layers.concatenate(named),
  layers.averagePooling1d({...named, poolSize: 1}),
  layers.averagePooling2d({...named, poolSize: 1}),
  layers.globalAveragePooling1d(named),
  layers.globalAveragePooling2d(named),
  layers.batchNormalization(named),
].map(classOf);

/** What takes the place of a plain class in a quantized model, by the plain class's name. */
export const quantizedClasses: ReadonlyMap<string, LayerClass<never, QuantizedLayer>> = new Map<string, LayerClass<never, QuantizedLayer>>([
  ['Activation', QuantActivation],
  ['Dense', QuantDense],
  ['Conv2D', QuantConv2D],
  ['DepthwiseConv2D', QuantDepthwiseConv2D],
  ...withoutKernel.map(plain => [plain.className, quantized<QuantizerConfig>(plain)] as const),
]);
