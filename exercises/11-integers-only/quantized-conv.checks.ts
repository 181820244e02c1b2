import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {codes, convSums, drawGrids, expectOutput, type GridChoice, type Layer, plainGrids, ratioOf, wrongCodes} from './inputs.ts';

export const quantizedConv: Task = {
  name: 'quantizedConv',
  title: 'A convolution in integers',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'inside the image the sums are those of codes less their zero point',
      points: 1,
      async measure(learner, draw) {
        const layer = convLayer(draw, [7, 6], 2, 4);
        const wrong = await wrongSums(learner, layer, 1);
        return {
          measured: wrong.inside,
          comparison: '==',
          threshold: 0,
          unit: 'wrong sums',
          message:
            'Where the whole window lies in the image, the sums are wrong: products of (x − z) and w over height, width and channels, and the bias in units of input scale · weight scale.',
        };
      },
    },
    {
      name: 'the edge is padded with the zero point',
      points: 2,
      async measure(learner, draw) {
        let edge = 0;
        for (const layer of [convLayer(draw, [6, 8], 3, 4), convLayer(draw, [5, 5], 1, 2)])
          edge += (await wrongSums(learner, layer, 1)).edge;
        return {
          measured: edge,
          comparison: '==',
          threshold: 0,
          unit: 'wrong sums',
          message:
            'At the edge of the image the sums are wrong. What is padded shall be the real 0, and its code is the zero point z, not 0: code 0 stands for −z · scale. Take z away first; then 0 is right.',
        };
      },
    },
    {
      name: 'strides keep to the same padding',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const layer of [convLayer(draw, [8, 7], 2, 3), convLayer(draw, [6, 6], 1, 3)]) {
          const {inside, edge} = await wrongSums(learner, layer, 2);
          wrong += inside + edge;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong sums',
          message:
            'With a stride of 2 the sums are those of other windows. `same` has ⌈size / stride⌉ places, and pads the odd element at the end (TensorFlow’s rule).',
        };
      },
    },
    {
      name: 'codes are the sums on the output’s grid, saturated',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const outputSpread of [30, 200]) {
          const layer = convLayer(draw, [6, 6], 2, 5, {outputSpread});
          const sums = convSums(layer, 1);
          const {codes: given} = await answerFor(learner, layer, 1, sums.shape);
          wrong += wrongCodes(sums.data, given, ratioOf(layer.grids), layer.grids.outputZeroPoint);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The codes are not round(sum · ratio) + zero point of the output, stopped at −128 and 127. The filters are the last axis, and each has its own weight scale and ratio.',
        };
      },
    },
    {
      name: 'its inputs are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {x, weights, grids} = convLayer(draw, [4, 4], 1, 2);
        return unchangedInputs(learner, 'quantizedConv', x, weights, 1, plainGrids(grids));
      },
    },
  ],
};

/** A 3×3 kernel on an image of that height and width. */
function convLayer(draw: Draw, [height, width]: readonly [number, number], channels: number, filters: number, choice?: GridChoice): Layer {
  return {
    x: codes(draw, [height, width, channels], -128),
    weights: codes(draw, [3, 3, channels, filters], -127),
    grids: drawGrids(draw, 9 * channels, filters, choice),
  };
}

/** Wrong sums of windows that lie in the image, and of those that reach beyond its edge. */
async function wrongSums(learner: Learner, layer: Layer, stride: number): Promise<{readonly inside: number; readonly edge: number}> {
  const right = convSums(layer, stride);
  const {sums} = await answerFor(learner, layer, stride, right.shape);
  const [height, width, filters] = right.shape as [number, number, number];
  const pick = (of: ArrayLike<number>, wanted: boolean): number[] =>
    Array.from({length: height * width * filters}, (_, i) => i)
      .filter(i => {
        const [row, column] = [Math.floor(i / (width * filters)), Math.floor(i / filters) % width];
        return (row === 0 || column === 0 || row === height - 1 || column === width - 1) === wanted;
      })
      .map(i => of[i]!);
  return {inside: mismatches(pick(right.data, false), pick(sums, false)), edge: mismatches(pick(right.data, true), pick(sums, true))};
}

async function answerFor(
  learner: Learner,
  {x, weights, grids}: Layer,
  stride: number,
  shape: readonly number[],
): Promise<{readonly sums: ArrayLike<number>; readonly codes: ArrayLike<number>}> {
  return expectOutput(await learner.call('quantizedConv', x, weights, stride, plainGrids(grids)), 'quantizedConv', shape);
}
