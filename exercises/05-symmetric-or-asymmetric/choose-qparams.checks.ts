import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {referenceGrid, twoSidedRange} from './inputs.ts';
import type {Grid, Scheme} from './interface.ts';

export const chooseQParams: Task = {
  name: 'chooseQParams',
  title: 'Choose a grid',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the asymmetric steps cover the range from min to max',
      points: 1,
      async measure(learner, draw) {
        const ranges = [
          [0, draw.uniform(2, 9)],
          [-draw.uniform(0.2, 1), draw.uniform(3, 5)],
          [-draw.uniform(3, 5), draw.uniform(0.2, 1)],
        ] as const;
        let worst = 0;
        for (const [min, max] of ranges) worst = Math.max(worst, await scaleError(learner, min, max, 'asymmetric', 8));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of the scale',
          message:
            'The 8-bit asymmetric scale is not the width of the range over the number of steps between 256 codes. Both ends count, not the larger magnitude alone; between 256 codes there are 255 steps.',
        };
      },
    },
    {
      name: 'the zero point is the code of zero, a whole number',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [8, 4]) {
          for (const above of [true, false]) {
            const [min, max] = twoSidedRange(draw, bits, above);
            const grid = await gridFor(learner, min, max, 'asymmetric', bits);
            worst = Math.max(worst, Math.abs(grid.zeroPoint - grid.qmin - referenceGrid(min, max, 'asymmetric', bits).zeroPoint));
          }
        }
        return {
          measured: worst,
          comparison: '==',
          threshold: 0,
          unit: 'codes off',
          message:
            'The zero point is how many steps lie between min, which has the lowest code, and zero, rounded to the nearest whole number. With a fraction in it zero lies between two codes; counted from the wrong end, negative values have no codes.',
        };
      },
    },
    {
      name: 'the number of bits decides how many codes there are',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [7, 5, 4, 3, 2]) {
          const [min, max] = [-draw.uniform(1, 2), draw.uniform(2, 3)];
          for (const scheme of ['symmetric', 'asymmetric'] as const)
            worst = Math.max(worst, await scaleError(learner, min, max, scheme, bits));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of the scale',
          message:
            'With fewer bits there are fewer codes and wider steps. `bits` must reach qmin, qmax and, through them, the scale: 255 and 127 are the numbers of 8 bits only.',
        };
      },
    },
    {
      name: 'a range on one side of zero is widened to zero',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const side of [1, -1]) {
          const [near, far] = [draw.uniform(1, 2), draw.uniform(4, 6)];
          const [min, max] = side > 0 ? [near, far] : [-far, -near];
          const grid = await gridFor(learner, min, max, 'asymmetric', 8);
          const right = referenceGrid(min, max, 'asymmetric', 8);
          worst = Math.max(worst, Math.abs(grid.scale / right.scale - 1) + Math.abs(grid.zeroPoint - grid.qmin - right.zeroPoint));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'difference of the grid',
          message:
            'If all values are positive, or all are negative, zero is not in their range, but padding and ReLU will need it: widen the range until it holds zero, then choose the grid.',
        };
      },
    },
    {
      name: 'a constant and only zeros have a grid, too',
      points: 1,
      async measure(learner, draw) {
        const size = draw.uniform(1.5, 4);
        let bad = 0;
        for (const scheme of ['symmetric', 'asymmetric'] as const) {
          for (const value of [0, size, -size]) {
            const grid = await gridFor(learner, value, value, scheme, 8);
            const steps = scheme === 'symmetric' ? 127 : 255;
            // Zero comes back exactly, and the constant as near as 8 bits bring it.
            if (roundTrip(0, grid) !== 0 || Math.abs(roundTrip(value, grid) - value) > (0.51 / steps) * Math.abs(value)) bad++;
          }
        }
        return {
          measured: bad,
          comparison: '==',
          threshold: 0,
          unit: 'bad grids',
          message:
            'If min equals max, a scale made from max − min is 0, and everything that is divided by it is lost. Widen the range to zero first; if then nothing but zero is left, any positive scale will do. A constant 3 is not rounded to a grid of whole numbers either.',
        };
      },
    },
    {
      name: 'the symmetric grid has zero in its middle and reaches both ends',
      points: 1,
      async measure(learner, draw) {
        const small = draw.uniform(0.5, 1);
        const large = draw.uniform(2, 4);
        let worst = 0;
        for (const [min, max] of [
          [-small, large],
          [-large, small],
          [0, large],
          [-large, -small],
        ] as const) {
          const grid = await gridFor(learner, min, max, 'symmetric', 8);
          worst = Math.max(worst, Math.abs((grid.scale * 127) / large - 1) + Math.abs(grid.zeroPoint));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'difference of the grid',
          message:
            'Symmetric: zeroPoint is 0, and the larger magnitude of min and max, whichever of the two it is, gets the code qmax = 127 or −127. A negative end counts as well; 128 has no code.',
        };
      },
    },
  ],
};

/** The learner's grid, with as many codes as the bits allow: whole ones, the zero point among them. @throws WrongAnswer */
async function gridFor(learner: Learner, min: number, max: number, scheme: Scheme, bits: number): Promise<Grid> {
  const what = 'the result of chooseQParams';
  const answer = expectRecord(await learner.call('chooseQParams', min, max, scheme, bits), ['scale', 'zeroPoint', 'qmin', 'qmax'], what);
  const [scale, zeroPoint] = [expectNumber(answer.scale, 'scale'), expectNumber(answer.zeroPoint, 'zeroPoint')];
  const [qmin, qmax] = [expectNumber(answer.qmin, 'qmin'), expectNumber(answer.qmax, 'qmax')];
  if (!(scale > 0)) throw new WrongAnswer('Expected a positive scale: a step has a width. A range of width 0 is the usual cause.');
  return {scale, zeroPoint, qmin, qmax};
}

async function scaleError(learner: Learner, min: number, max: number, scheme: Scheme, bits: number): Promise<number> {
  const {scale, qmin, qmax} = await gridFor(learner, min, max, scheme, bits);
  const right = referenceGrid(min, max, scheme, bits);
  // Asymmetric codes may begin anywhere, at 0 or at −2^(bits−1), if they are as many; of symmetric ones the lowest may be left over.
  const codes =
    scheme === 'asymmetric' ? qmax - qmin === right.qmax : qmax === right.qmax && (qmin === right.qmin || qmin === right.qmin - 1);
  return codes ? Math.abs(scale / right.scale - 1) : 1;
}

function roundTrip(x: number, {scale, zeroPoint, qmin, qmax}: Grid): number {
  const code = Math.min(Math.max(Math.round(x / scale) + zeroPoint, qmin), qmax);
  return scale * (code - zeroPoint);
}
