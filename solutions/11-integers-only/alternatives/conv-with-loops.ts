import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {requantize, toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

/** Loops over windows; what lies outside the image is left out, because its level is 0. */
export function quantizedConv(x: tf.Tensor3D, kernel: tf.Tensor4D, stride: number, grids: LayerGrids): IntegerOutput {
  const [height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, , filters] = kernel.shape;
  const [xs, w] = [x.dataSync(), kernel.dataSync()];
  const [down, across] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const top = Math.floor(Math.max(0, (down - 1) * stride + kernelHeight - height) / 2);
  const left = Math.floor(Math.max(0, (across - 1) * stride + kernelWidth - width) / 2);
  const sums = new Int32Array(down * across * filters);
  const codes = new Int32Array(sums.length);
  for (let filter = 0; filter < filters; filter++) {
    const unit = grids.inputScale * grids.weightScales[filter]!;
    const factor = toFixedPoint(unit / grids.outputScale);
    for (let place = 0; place < down * across; place++) {
      let sum = Math.round(grids.bias[filter]! / unit);
      for (let i = 0; i < kernelHeight; i++)
        for (let j = 0; j < kernelWidth; j++) {
          const row = Math.floor(place / across) * stride - top + i;
          const column = (place % across) * stride - left + j;
          if (row < 0 || column < 0 || row >= height || column >= width) continue;
          for (let c = 0; c < channels; c++)
            sum +=
              (xs[(row * width + column) * channels + c]! - grids.inputZeroPoint) *
              w[((i * kernelWidth + j) * channels + c) * filters + filter]!;
        }
      sums[place * filters + filter] = sum;
      codes[place * filters + filter] = requantize(Int32Array.of(sum), factor, grids.outputZeroPoint)[0]!;
    }
  }
  return {sums: tf.tensor3d(sums, [down, across, filters], 'int32'), codes: tf.tensor3d(codes, [down, across, filters], 'int32')};
}
