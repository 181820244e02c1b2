import type {LayersModel} from '@tensorflow/tfjs-layers';
import {expectCalibrated} from './calibrate.ts';
import {compile} from './integer/compile.ts';
import {IntegerModel} from './integer/integer-model.ts';

/**
 * The integer model that a quantized one stands for: kernels as codes, biases as int32 in units of input scale · kernel scale, activations as codes of
 * at most 8 bits, fixed-point factors between them. Each layer gives the codes of the quantized model within one. It takes Dense, Conv2D,
 * DepthwiseConv2D, ReLU (also to 6), Add, Concatenate, max and average pools, Flatten, Reshape, ZeroPadding2D, models within the model, and at the end
 * softmax, sigmoid or tanh in float. The quantized model stays as it is, and later changes of its weights do not reach the integer one.
 * Source: Jacob et al. 2018, section 2; the arithmetic of TensorFlow Lite's reference kernels.
 * @throws Error naming the layer that was not calibrated, has no integer kind, more than 8 bits, or sums beyond int32
 */
export function toInteger(model: LayersModel): IntegerModel {
  expectCalibrated(model, 'calibrate() or train the model first');
  return new IntegerModel(compile(model));
}
