import {perAxis} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {narrowRange, signed} from '../../quant/formats/qtype.ts';
import {sensitivityScan} from '../../quant/methods/sensitivity/sensitivity-scan.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {Choice, Layer, ScanRow} from './interface.ts';

/** The judge's own arithmetic on plain arrays, so that it runs wherever checks run. */

/** The lesson's network as plain data. */
export interface PlainNetwork {
  readonly layers: readonly (Omit<Layer, 'kernel'> & {readonly kernel: TensorData})[];
  readonly biases: readonly TensorData[];
}

export interface Labelled {
  /** [n, pixels] */
  readonly images: TensorData;
  readonly labels: Int32Array;
}

/** Mean −ln p of the labels, and the share that is read right, in percent. */
export function measure(network: PlainNetwork, {images, labels}: Labelled): {readonly loss: number; readonly accuracy: number} {
  const scores = scoresOf(network, images);
  const classes = scores.length / labels.length;
  let [loss, right] = [0, 0];
  labels.forEach((label, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity);
    loss += largest + Math.log(own.reduce((sum, score) => sum + Math.exp(score - largest), 0)) - own[label]!;
    if (own.indexOf(largest) === label) right++;
  });
  return {loss: loss / labels.length, accuracy: (100 * right) / labels.length};
}

/** The network with its layers rounded: bits by layer's name, others stay in float. */
export function quantized(network: PlainNetwork, choices: readonly Choice[]): PlainNetwork {
  const bits = new Map(choices.map(choice => [choice.layer, choice.bits]));
  return {
    ...network,
    layers: network.layers.map(layer => (bits.has(layer.name) ? {...layer, kernel: snapped(layer.kernel, bits.get(layer.name)!)} : layer)),
  };
}

export function uniform({layers}: PlainNetwork, bits: number): Choice[] {
  return layers.map(({name}) => ({layer: name, bits}));
}

/** Codes, packed, and a float32 scale for each column. */
export function bytesOf({layers}: PlainNetwork, choices: readonly Choice[]): number {
  const kernels = new Map(layers.map(({name, kernel}) => [name, kernel]));
  return choices.reduce((sum, {layer, bits}) => sum + kernelBytes(kernels.get(layer)!, bits), 0);
}

/** The toolkit's scan of the network. */
export async function referenceScan(network: PlainNetwork, data: Labelled, choices: readonly number[]): Promise<ScanRow[]> {
  let current = network;
  const {entries} = await sensitivityScan(
    {
      layers: network.layers.map(({name}) => name),
      apply: (layer, bits: number) => {
        current = quantized(network, [{layer, bits}]);
        return {bytes: bytesOf(network, [{layer, bits}]), undo: () => void (current = network)};
      },
    },
    choices,
    () => measure(current, data).loss,
  );
  return entries.map(({layer, choice, bytes, increase}) => ({layer, bits: choice, bytes, increase}));
}

function kernelBytes({shape, data}: TensorData, bits: number): number {
  return Math.ceil((data.length * bits) / 8) + 4 * shape[1]!;
}

function snapped(kernel: TensorData, bits: number): TensorData {
  const options = {qtype: narrowRange(signed(bits)), scheme: 'symmetric', granularity: perAxis(1)} as const;
  return {...kernel, data: quantize(kernel.data, kernel.shape, options).dequantize()};
}

/** [n · classes] */
function scoresOf({layers, biases}: PlainNetwork, images: TensorData): Float32Array {
  const rows = images.shape[0]!;
  let [h, width] = [images.data as Float32Array, images.shape[1]!];
  for (const [stage, bias] of biases.entries()) {
    const outputs = bias.data.length;
    const sums = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) sums.set(bias.data as Float32Array, row * outputs);
    for (const layer of layers) if (layer.stage === stage) addLayer(sums, h, width, layer);
    if (stage < biases.length - 1) for (let i = 0; i < sums.length; i++) if (sums[i]! < 0) sums[i] = 0;
    [h, width] = [sums, outputs];
  }
  return h;
}

/** sums [rows, outputs] += h [rows, from …] · kernel */
function addLayer(sums: Float32Array, h: Float32Array, width: number, {from, kernel}: PlainNetwork['layers'][number]): void {
  const [inputs, outputs] = kernel.shape as [number, number];
  const weights = kernel.data as Float32Array;
  for (let row = 0; row * width < h.length; row++) {
    const to = row * outputs;
    for (let i = 0; i < inputs; i++) {
      const value = h[row * width + from + i]!;
      if (value === 0) continue;
      const at = i * outputs;
      for (let j = 0; j < outputs; j++) sums[to + j] = sums[to + j]! + value * weights[at + j]!;
    }
  }
}
