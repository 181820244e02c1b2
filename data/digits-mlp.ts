import type {TensorData} from '../session/wire/plain.ts';
import {classes, type Digits, pixels} from './digits.ts';
import type {Draw} from './draw.ts';
import {readWeights} from './weights.ts';

/** A fully connected layer: y = x · kernel + bias. */
export interface DenseWeights {
  /** [inputs, outputs] */
  readonly kernel: TensorData;
  /** [outputs] */
  readonly bias: TensorData;
}

/** Pixels → 64 → 32 → ten classes, ReLU between the layers. */
export const widths: readonly number[] = [pixels, 64, 32, classes];

/** Weights that `data/train/digits-mlp.ts` trained: 97.6% of hidden digits right. */
export function digitsMlp(): DenseWeights[] {
  const read = readWeights('digits-mlp');
  return widths.slice(1).map((_, i) => ({kernel: read(`dense${i}.kernel`), bias: read(`dense${i}.bias`)}));
}

/**
 * The same function by other numbers: hidden units in another order and at other scales (ReLU lets a positive factor through), classes renamed.
 * Weights stored from elsewhere are at chance on the renamed digits, and the units' unequal ranges are what networks from the wild have.
 */
export function disguise(model: readonly DenseWeights[], draw: Draw): {model: DenseWeights[]; rename: (digits: Digits) => Digits} {
  const orders = widths.map((width, i) => (i === 0 ? identity(width) : draw.shuffle(identity(width))));
  const factors = widths.map((width, i) =>
    Array.from({length: width}, () => (i === 0 || i === widths.length - 1 ? 1 : Math.exp(draw.normal(0, 0.4)))),
  );
  const disguised = model.map(({kernel, bias}, layer) => {
    const [rows, columns] = [orders[layer]!, orders[layer + 1]!];
    const [rowFactors, columnFactors] = [factors[layer]!, factors[layer + 1]!];
    return {
      kernel: tensor(
        [rows.length, columns.length],
        rows.flatMap((row, i) =>
          columns.map((column, j) => (kernel.data[row * columns.length + column]! * columnFactors[j]!) / rowFactors[i]!),
        ),
      ),
      bias: tensor(
        [columns.length],
        columns.map((column, j) => bias.data[column]! * columnFactors[j]!),
      ),
    };
  });
  const names = orders.at(-1)!;
  return {model: disguised, rename: ({images, labels}) => ({images, labels: labels.map(label => names.indexOf(label))})};
}

function identity(length: number): number[] {
  return Array.from({length}, (_, i) => i);
}

function tensor(shape: readonly number[], values: readonly number[]): TensorData {
  return {dtype: 'float32', shape, data: Float32Array.from(values)};
}
