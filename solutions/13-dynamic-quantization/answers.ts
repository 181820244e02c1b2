import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Layer, Int8Weight, Layer, LayerNames, Model, OnnxNode} from '../../exercises/13-dynamic-quantization/interface.ts';

/**
 * Looks up the range of this very batch, rounds x to 255 steps of it, multiplies whole numbers, and goes back with both scales:
 * y = scale_x · scales · Σ (code_x − zeroPoint) · code_w + bias.
 */
export function dynamicLinear(x: tf.Tensor2D, {codes, scales, bias}: Int8Layer): tf.Tensor2D {
  return tf.tidy(() => {
    // Zero belongs to every range: padding, ReLU and silence are exactly zero, and the zero point must fit into 0 … 255.
    const low = Math.min(0, x.min().dataSync()[0]!);
    const high = Math.max(0, x.max().dataSync()[0]!);
    const scale = high === low ? 1 : (high - low) / 255;
    const zeroPoint = Math.round(-low / scale);
    const xCodes = x.div(scale).round().add(zeroPoint).clipByValue(0, 255); // [batch, inputs]
    // float32 holds every whole number below 2²⁴, and these sums are smaller.
    const sums = xCodes.sub(zeroPoint).matMul(codes.toFloat()); // [batch, outputs]
    return sums.mul(scales.mul(scale)).add(bias) as tf.Tensor2D;
  });
}

/** A layer stays when it is not linear, when it is skipped, or when it shares its weight with one that stays. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}

/** int8 as in lesson 04, with a scale for each output: a column's largest magnitude over 127. */
function toInt8(weight: tf.Tensor2D): Int8Weight {
  return tf.tidy(() => {
    const absMax = weight.abs().max(0); // [inputs, outputs] → [outputs]
    const scales = tf.where(absMax.equal(0), tf.onesLike(absMax), absMax.div(127)) as tf.Tensor1D;
    return {codes: weight.div(scales).round().toInt() as tf.Tensor2D, scales};
  });
}

/** Goes through the weights, not the layers: so one that two layers share is quantized once. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const dynamic = new Set(layers.filter(({kind}) => kind === 'dynamicLinear').map(({weight}) => weight));
  const weights = Object.entries(model.weights).map(([key, weight]) => [key, dynamic.has(key) ? toInt8(weight as tf.Tensor2D) : weight]);
  return {layers, weights: Object.fromEntries(weights)};
}

/** Five operations and the bias. MatMulInteger takes the codes as they are, so the zero point of x goes to it as its third input. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const scaled = bias === undefined ? y : 'scaled';
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'MatMulInteger', inputs: ['x_codes', codes, 'x_zero_point'], outputs: ['sums']},
    {op: 'Cast', inputs: ['sums'], outputs: ['float_sums'], attributes: {to: 1}},
    {op: 'Mul', inputs: ['x_scale', scales], outputs: ['both_scales']},
    {op: 'Mul', inputs: ['float_sums', 'both_scales'], outputs: [scaled]},
  ];
  return bias === undefined ? nodes : [...nodes, {op: 'Add', inputs: [scaled, bias], outputs: [y]}];
}
