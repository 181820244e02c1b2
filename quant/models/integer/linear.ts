import {tidy} from '@tensorflow/tfjs-core';
import {perAxis, perTensor} from '../../affine/granularity.ts';
import {QTensor} from '../../affine/qtensor.ts';
import {pack} from '../../formats/packing.ts';
import {roundHalfToEven} from '../../formats/round.ts';
import type {QuantizedLayer} from '../../layers/quantized-layer.ts';
import type {ActivationGrid} from './activation.ts';
import {factorsOf} from './fixed-point.ts';
import type {LinearStep, Requantization} from './step.ts';

/** A bias is at most this many units, so that it leaves int32 room for the sums. */
const mostBias = 2 ** 29;

/** A layer's kernel and bias as integers, for an input on that grid; `output` comes without factors. @throws Error where sums could pass int32 */
export function linearParts(
  layer: QuantizedLayer,
  input: ActivationGrid,
  output: Requantization | null,
): Pick<LinearStep, 'kernel' | 'multiplier' | 'bias' | 'sumShift' | 'inputScale' | 'output'> {
  const {codes, scales, shape, multiplier} = kernelOf(layer);
  const channels = shape.at(-1)!;
  const scaleOf = (channel: number): number => scales[channel % scales.length]!;
  const floatBias = biasOf(layer, channels);
  const ratio = (channel: number): number => (input.scale * scaleOf(channel)) / (output?.grid.scale ?? Infinity);
  // One unit of the bias is then at most half of an output's code.
  const sumShift = Math.max(0, Math.ceil(Math.log2(2 * scales.reduce((most, _, channel) => Math.max(most, ratio(channel)), 0))));
  fitBias(codes, scales, floatBias, (input.scale * mostBias) / 2 ** sumShift);
  const bias = Int32Array.from(floatBias, (b, channel) => roundHalfToEven((b / (input.scale * scaleOf(channel))) * 2 ** sumShift));
  const {qtype} = layer.quantizers.weights!;
  expectInt32(layer.name, codes, bias, sumShift, Math.max(input.qtype.qmax - input.zeroPoint, input.zeroPoint - input.qtype.qmin));
  const granularity = scales.length === 1 ? perTensor : perAxis(-1);
  return {
    kernel: new QTensor({shape, qtype, granularity, packed: pack(codes, qtype.bits), scales}),
    multiplier,
    bias,
    sumShift,
    inputScale: input.scale,
    output: output && {...output, factors: factorsOf(Array.from(scales, (_, channel) => ratio(channel) / 2 ** sumShift))},
  };
}

interface Kernel {
  /** Output channels last: a depthwise kernel's two last axes are one here. */
  readonly shape: readonly number[];
  readonly codes: Int32Array;
  readonly scales: Float32Array<ArrayBuffer>;
  /** Outputs for each input channel of a depthwise kernel; 1 of others. */
  readonly multiplier: number;
}

function kernelOf({quantizers}: QuantizedLayer): Kernel {
  return tidy(() => {
    const {codes, scale} = quantizers.weights!.codes(quantizers.kernel!.read());
    const depthwise = quantizers.plainClassName === 'DepthwiseConv2D';
    const [multiplier, channels] = depthwise ? [codes.shape[3]!, codes.shape[2]!] : [1, 1];
    return {
      shape: depthwise ? [...codes.shape.slice(0, 2), channels * multiplier] : codes.shape,
      codes: Int32Array.from(codes.dataSync()),
      scales: Float32Array.from(scale.dataSync()),
      multiplier,
    };
  });
}

function biasOf(layer: QuantizedLayer, channels: number): Float32Array {
  const bias = layer.getConfig()['useBias'] === false ? undefined : layer.weights[1];
  return bias ? Float32Array.from(bias.read().dataSync()) : new Float32Array(channels);
}

/** Makes the scales of channels coarser whose bias would have more units than `room` units of scale: next to such a bias their weights hardly count. */
function fitBias(codes: Int32Array, scales: Float32Array, bias: Float32Array, room: number): void {
  const before = scales.slice();
  bias.forEach((b, channel) => {
    const at = channel % scales.length;
    scales[at] = Math.max(scales[at]!, Math.abs(b) / room);
  });
  const channels = bias.length;
  for (let i = 0; i < codes.length; i++) {
    const at = (i % channels) % scales.length;
    if (scales[at]! > before[at]!) codes[i] = Math.round((codes[i]! * before[at]!) / scales[at]!);
  }
}

function expectInt32(name: string, codes: Int32Array, bias: Int32Array, sumShift: number, mostLevel: number): void {
  const channels = bias.length;
  const magnitudes = new Float64Array(channels);
  for (let i = 0; i < codes.length; i++) magnitudes[i % channels]! += Math.abs(codes[i]!);
  const most = magnitudes.reduce((most, sum, channel) => Math.max(most, sum * mostLevel * 2 ** sumShift + Math.abs(bias[channel]!)), 0);
  if (most >= 2 ** 31)
    throw new Error(
      `Expected the sums of ${name}, of ${codes.length / channels} products each, to fit int32, got up to ${most}; quantize it to fewer bits`,
    );
}
