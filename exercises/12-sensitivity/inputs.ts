import {digitsMlp, disguise} from '../../data/digits-mlp.ts';
import {digits, type Digits, pixels, side} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import {allocateBits} from '../../quant/methods/sensitivity/allocate-bits.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {Choice, ScanRow} from './interface.ts';
import {bytesOf, type Labelled, measure, type PlainNetwork, quantized, uniform} from './network.ts';

/** The pen of one check: its network, and what its sensor makes of digits. */
export interface Pen {
  readonly network: PlainNetwork;
  readonly photograph: (drawn: Digits) => Labelled;
  /** Pixels of the strip with uneven gains, first and behind the last. */
  readonly uneven: readonly [number, number];
}

/**
 * The trained network behind a sensor of its own: every pixel has a gain, by which the first weights were divided, so that in float it reads as ever.
 * Strips at the edge, which see little ink, have low gains and so large weights; `uneven` names the strip whose gains differ from pixel to pixel,
 * which is what few bits cannot stand.
 */
export function drawPen(draw: Draw, uneven: 1 | 2): Pen {
  const {model, rename} = disguise(digitsMlp(), draw.for('disguise'));
  const gains = new Float32Array(pixels);
  // Rows of pixels that each strip reads: the sensitive one is neither the largest nor the smallest.
  const heights = uneven === 1 ? [3, 4, 6, 3] : [3, 6, 4, 3];
  const ends = heights.map((_, strip) => side * heights.slice(0, strip + 1).reduce((sum, rows) => sum + rows, 0));
  heights.forEach((rows, strip) => {
    const edge = strip === 0 || strip === heights.length - 1;
    const common = Math.exp(edge ? -draw.uniform(1.5, 2.2) : draw.uniform(-0.5, 0.5));
    for (let i = ends[strip]! - side * rows; i < ends[strip]!; i++)
      gains[i] = common * (strip === uneven ? Math.exp(draw.uniform(-2, 2)) : 1);
  });
  const [first, ...rest] = model;
  const width = first!.bias.data.length;
  const weights = Float32Array.from(first!.kernel.data, (weight, i) => weight / gains[Math.floor(i / width)]!);
  const strips = heights.map((rows, strip) => {
    const [from, to] = [ends[strip]! - side * rows, ends[strip]!];
    const kernel: TensorData = {dtype: 'float32', shape: [to - from, width], data: weights.slice(from * width, to * width)};
    return {name: `strip ${strip}`, stage: 0, from, kernel};
  });
  const others = rest.map(({kernel}, i) => ({name: i === 0 ? 'hidden' : 'output', stage: i + 1, from: 0, kernel}));
  return {
    network: {layers: [...strips, ...others], biases: model.map(({bias}) => bias)},
    photograph(drawn) {
      const {images, labels} = rename(drawn);
      return {images: {...images, data: Float32Array.from(images.data, (value, i) => value * gains[i % pixels]!)}, labels};
    },
    uneven: [ends[uneven]! - side * heights[uneven]!, ends[uneven]!],
  };
}

/** A task of mixedBits at the bytes of three bits everywhere. */
export interface PenCase extends Pen {
  readonly calibration: Labelled;
  readonly hidden: Labelled;
  readonly choices: readonly number[];
  readonly budget: number;
  /** What three bits everywhere read of the hidden digits, in percent. */
  readonly uniformAccuracy: number;
}

/**
 * Draws pens on which there is something to gain: bits that know of the uneven strip and of the last layers read at least 10 points more hidden digits than
 * uniform ones, and those that know of the last layers alone read no more.
 */
export function drawPenCase(draw: Draw, uneven: 1 | 2): PenCase {
  for (let attempt = 0; ; attempt++) {
    const own = draw.for(`attempt ${attempt}`);
    const pen = drawPen(own, uneven);
    const hidden = pen.photograph(digits(120, `${own.seed}/hidden`));
    const read = (bits: readonly Choice[]): number => measure(quantized(pen.network, bits), hidden).accuracy;
    const uniformAccuracy = read(uniform(pen.network, 3));
    const gainWith = (wide: Readonly<Record<string, number>>): number =>
      read(pen.network.layers.map(({name}) => ({layer: name, bits: wide[name] ?? 2}))) - uniformAccuracy;
    if (gainWith({[`strip ${uneven}`]: 4, hidden: 4, output: 4}) < 10) continue;
    if (gainWith({'strip 0': 4, 'strip 3': 4, hidden: 4, output: 4}) > 0) continue;
    const calibration = pen.photograph(digits(30, `${own.seed}/calibration`));
    return {...pen, calibration, hidden, choices: [2, 4], budget: bytesOf(pen.network, uniform(pen.network, 3)), uniformAccuracy};
  }
}

/** The toolkit's allocation, proven to be the best. */
export function leastIncrease(rows: readonly ScanRow[], budget: number): Choice[] {
  return allocateBits(
    rows.map(row => ({...row, choice: row.bits})),
    budget,
  ).chosen.map(({layer, choice}) => ({layer, bits: choice}));
}

/** A small network of random weights with images: two strips and two further layers, none a round number of bytes; one label in four is not the one that the network says. */
export function drawToy(draw: Draw, images: readonly number[]): {readonly network: PlainNetwork; readonly sets: readonly Labelled[]} {
  const [left, right, hidden, classes] = [draw.integer(5, 7), draw.integer(3, 4), 7, draw.integer(3, 5)];
  // One layer has weights of very unequal rows: it needs its bits.
  const unequal = draw.integer(0, 3);
  const layer = (name: string, index: number, stage: number, from: number, shape: readonly [number, number]) => {
    const factors = Array.from({length: shape[0]}, () => (index === unequal ? Math.exp(draw.normal(0, 1)) : 1));
    const kernel = draw.tensor(shape, (d, i) => d.normal(0, 1.4 / Math.sqrt(shape[0])) * factors[Math.floor(i / shape[1])]!);
    return {name, stage, from, kernel};
  };
  const network: PlainNetwork = {
    layers: [
      layer('left', 0, 0, 0, [left, hidden]),
      layer('right', 1, 0, left, [right, hidden]),
      layer('hidden', 2, 1, 0, [hidden, hidden]),
      layer('output', 3, 2, 0, [hidden, classes]),
    ],
    biases: [hidden, hidden, classes].map(outputs => draw.tensor([outputs], d => d.normal(0, 0.3))),
  };
  const sets = images.map(count => {
    const drawn = draw.tensor([count, left + right]);
    return {images: drawn, labels: Int32Array.from({length: count}, (_, row) => labelOf(network, drawn, row, draw))};
  });
  return {network, sets};
}

function labelOf(network: PlainNetwork, {data, shape}: TensorData, row: number, draw: Draw): number {
  const [width, classes] = [shape[1]!, network.biases.at(-1)!.data.length];
  if (draw.uniform() < 0.25) return draw.integer(0, classes - 1);
  const images: TensorData = {dtype: 'float32', shape: [1, width], data: data.slice(row * width, (row + 1) * width)};
  const losses = Array.from({length: classes}, (_, label) => measure(network, {images, labels: Int32Array.of(label)}).loss);
  return losses.indexOf(Math.min(...losses));
}

/** As the learner gets it. */
export function asPlain({layers, biases}: PlainNetwork) {
  return {layers: layers.map(layer => ({...layer})), biases: [...biases]};
}

export function asLabels(labels: Int32Array): TensorData {
  return {dtype: 'int32', shape: [labels.length], data: labels};
}
