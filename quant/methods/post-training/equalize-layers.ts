import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {copyWeights, graphOf, layersOf, modelOf} from '../../models/graph.ts';
import {equalizablePairs} from './equalizable.ts';

/** When `equalizeLayers` ends. */
export interface EqualizeOptions {
  /** Rounds over all pairs at most: 50 without it. It ends before when no channel's factor differs from 1 by more than 10⁻⁴. */
  readonly rounds?: number;
}

/**
 * A new model whose neighbouring layers have channels of equal ranges, and which computes the same: where Dense, Conv2D or DepthwiseConv2D follow one
 * another with nothing but a ReLU, pooling or flattening between, channel i of the first layer is divided by sᵢ = √(r₁ᵢ · r₂ᵢ) / r₂ᵢ, bias too, and the
 * second's weights for it are multiplied with sᵢ, where r₁ᵢ and r₂ᵢ are the largest magnitudes of the weights that make and take the channel. After it one
 * scale for a whole tensor no longer drowns small channels. Chains are gone through until they settle. Channels without weights stay as they are.
 * Batch normalizations have to be folded first; a ReLU6 ends a chain.
 * Source: Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, section 4.1.
 * @throws Error for a model that is not built, or without two such layers
 */
export function equalizeLayers<Model extends LayersModel>(model: Model, {rounds = 50}: EqualizeOptions = {}): Model {
  const graph = graphOf(model);
  const layers = new Map(layersOf(model).map(({path, layer}) => [path, new ChannelWeights(layer)]));
  const pairs = equalizablePairs(graph)
    .map(({first, second}) => [layers.get(first)!, layers.get(second)!] as const)
    .filter(([first, second]) => second.inputs % first.outputs === 0);
  if (pairs.length === 0)
    throw new Error(
      `Expected two layers of ${model.name} with nothing but a ReLU, pooling or flattening between them, got none; fold batch normalizations first, and replace ReLU6 by ReLU`,
    );
  for (let round = 0; round < rounds; round++) {
    const most = pairs.map(([first, second]) => equalize(first, second)).reduce((a, b) => Math.max(a, b), 0);
    if (most <= 1e-4) break;
  }
  const equalized = modelOf(graph, model);
  copyWeights(model, equalized, ({path}) => layers.get(path)!.tensors());
  return equalized as Model;
}

/** Returns how far the factors were from 1: the largest |ln s|. */
function equalize(first: ChannelWeights, second: ChannelWeights): number {
  const channels = first.outputs;
  const [r1, r2] = [first.outputRanges(), second.inputRanges(channels)];
  const s = r1.map((range, i) => (range > 0 && r2[i]! > 0 ? Math.sqrt(range * r2[i]!) / r2[i]! : 1));
  first.divideOutputs(s);
  second.multiplyInputs(s);
  return s.reduce((most, factor) => Math.max(most, Math.abs(Math.log(factor))), 0);
}

/** A layer's weights in float64 while they are scaled. Kernels are [inputs, outputs], [height, width, inputs, outputs] or, depthwise, [height, width, inputs, multiplier]. */
class ChannelWeights {
  readonly inputs: number;
  readonly outputs: number;
  /** How many neighbours of the kernel belong to one input. */
  private readonly run: number;
  private readonly kernel: Float64Array;
  private readonly bias: Float64Array | undefined;

  constructor(private readonly layer: LayersModel['layers'][number]) {
    const [kernel, bias] = layer.weights.map(weight => weight.read());
    const shape = kernel?.shape ?? [];
    this.run = shape.at(-1) ?? 1;
    this.inputs = shape.at(-2) ?? 1;
    this.outputs = layer.getClassName() === 'DepthwiseConv2D' ? this.inputs * this.run : this.run;
    this.kernel = Float64Array.from(kernel?.dataSync() ?? []);
    this.bias = bias && Float64Array.from(bias.dataSync());
  }

  outputRanges(): Float64Array {
    const ranges = new Float64Array(this.outputs);
    this.kernel.forEach((weight, k) => (ranges[k % this.outputs] = Math.max(ranges[k % this.outputs]!, Math.abs(weight))));
    return ranges;
  }

  /** Flattened inputs hold each channel many times over. */
  inputRanges(channels: number): Float64Array {
    const ranges = new Float64Array(channels);
    this.kernel.forEach((weight, k) => {
      const channel = Math.floor(k / this.run) % channels;
      ranges[channel] = Math.max(ranges[channel]!, Math.abs(weight));
    });
    return ranges;
  }

  divideOutputs(s: Float64Array): void {
    for (let k = 0; k < this.kernel.length; k++) this.kernel[k]! /= s[k % s.length]!;
    this.bias?.forEach((value, i) => (this.bias![i] = value / s[i]!));
  }

  multiplyInputs(s: Float64Array): void {
    for (let k = 0; k < this.kernel.length; k++) this.kernel[k]! *= s[Math.floor(k / this.run) % s.length]!;
  }

  /** The layer's weights in its order, the scaled ones in float32. */
  tensors(): tf.Tensor[] {
    const scaled = [this.kernel, this.bias];
    return this.layer.weights.map((weight, i) => {
      const values = weight.read();
      return scaled[i] && values.dtype === 'float32' ? tf.tensor(Float32Array.from(scaled[i]), values.shape) : values;
    });
  }
}
