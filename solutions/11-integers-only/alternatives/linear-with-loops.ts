import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {requantize, toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

/** Loops over int32 arrays, as a microcontroller would. */
export function quantizedLinear(x: tf.Tensor2D, weights: tf.Tensor2D, grids: LayerGrids): IntegerOutput {
  const [rows, inputs] = x.shape;
  const outputs = weights.shape[1];
  const [xs, w] = [x.dataSync(), weights.dataSync()];
  const sums = new Int32Array(rows * outputs);
  const codes = new Int32Array(rows * outputs);
  for (let j = 0; j < outputs; j++) {
    const unit = grids.inputScale * grids.weightScales[j]!;
    const column = new Int32Array(rows).fill(Math.round(grids.bias[j]! / unit));
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < inputs; i++) column[row]! += (xs[row * inputs + i]! - grids.inputZeroPoint) * w[i * outputs + j]!;
    const own = requantize(column, toFixedPoint(unit / grids.outputScale), grids.outputZeroPoint);
    for (let row = 0; row < rows; row++) [sums[row * outputs + j], codes[row * outputs + j]] = [column[row]!, own[row]!];
  }
  return {sums: tf.tensor2d(sums, [rows, outputs], 'int32'), codes: tf.tensor2d(codes, [rows, outputs], 'int32')};
}
