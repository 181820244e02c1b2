import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {expectOutput, type Layer, linearLayer, linearSums, plainGrids, ratioOf, wrongCodes} from './inputs.ts';

export const quantizedLinear: Task = {
  name: 'quantizedLinear',
  title: 'A linear layer in integers',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the sums are those of codes less their zero point',
      points: 2,
      async measure(learner, draw) {
        // Next to no bias: what is wrong here is the products'.
        let wrong = 0;
        for (const layer of [linearLayer(draw, 4, 40, 6, {biasSpread: 0}), linearLayer(draw, 1, 7, 3, {biasSpread: 0, inputZeroPoint: 0})])
          wrong += mismatches(linearSums(layer), (await answerFor(learner, layer)).sums);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong sums',
          message:
            'The sums are not Σ (x − z) · w of the codes. The real 0 has the code z: without the correction z · Σ w every output is shifted, each by another amount. Weights have no zero point; scales come later.',
        };
      },
    },
    {
      name: 'the bias is int32 in units of input scale times weight scale',
      points: 2,
      async measure(learner, draw) {
        const layer = linearLayer(draw, 3, 24, 8);
        return {
          measured: mismatches(linearSums(layer), (await answerFor(learner, layer)).sums),
          comparison: '==',
          threshold: 0,
          unit: 'wrong sums',
          message:
            'With biases the sums are wrong. A bias can be added to the products only in their own unit, input scale · weight scale of its channel, rounded to a whole number. In int8 on a scale of its own, or in the output’s unit, it adds metres to miles.',
        };
      },
    },
    {
      name: 'codes are the sums on the output’s grid, with a ratio for each channel',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const spread of [20, 45]) {
          const layer = linearLayer(draw, 6, 32, 8, {outputSpread: spread});
          const {codes} = await answerFor(learner, layer);
          wrong += wrongCodes(linearSums(layer), codes, ratioOf(layer.grids), layer.grids.outputZeroPoint);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The codes are not round(sum · ratio) + zero point of the output, with ratio = input scale · weight scale / output scale. Every channel has its own weight scale, so its own ratio.',
        };
      },
    },
    {
      name: 'codes beyond int8 saturate',
      points: 1,
      async measure(learner, draw) {
        const layer = linearLayer(draw, 6, 32, 8, {outputSpread: 250});
        const {codes} = await answerFor(learner, layer);
        return {
          measured: wrongCodes(linearSums(layer), codes, ratioOf(layer.grids), layer.grids.outputZeroPoint),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Outputs beyond the grid must stop at −128 and 127. Symmetric weights leave −128 out, activations do not; and the sums themselves are int32 and must not be cut.',
        };
      },
    },
    {
      name: 'its inputs are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {x, weights, grids} = linearLayer(draw, 2, 6, 3);
        return unchangedInputs(learner, 'quantizedLinear', x, weights, plainGrids(grids));
      },
    },
  ],
};

async function answerFor(
  learner: Learner,
  {x, weights, grids}: Layer,
): Promise<{readonly sums: ArrayLike<number>; readonly codes: ArrayLike<number>}> {
  const value = await learner.call('quantizedLinear', x, weights, plainGrids(grids));
  return expectOutput(value, 'quantizedLinear', [x.shape[0]!, weights.shape[1]!]);
}
