import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';

export const ternarize: Task = {
  name: 'ternarize',
  title: 'Three values, chosen best',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'codes have the sign of their weights, and the largest weights are kept',
      points: 2,
      async measure(learner, draw) {
        const weights = normal(draw, 200);
        const {codes} = await ternaryOf(learner, weights);
        const kept = codes.reduce((sum, code) => sum + Math.abs(code), 0);
        const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
        const wrong = order.filter((i, rank) => codes[i] !== (rank < kept ? Math.sign(weights[i]!) : 0));
        return {
          measured: kept === 0 ? weights.length : wrong.length,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'A code is the sign of its weight, or 0 where the weight is small; the smallest magnitudes go first. And some weights must be kept.',
        };
      },
    },
    {
      name: 'the scale is the best one for these codes',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const weights of [normal(draw, 200), heavy(draw, 200), normal(draw, 150, 0.4)]) {
          const {codes, scale} = await ternaryOf(learner, weights);
          const best = bestScale(weights, codes);
          worst = Math.max(worst, (100 * Math.abs(scale - best)) / Math.max(best, 1e-12));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.1,
          unit: '% away from the best scale',
          message:
            'With these codes another scale would have a smaller squared error. All kept magnitudes share one number: which one is nearest to them on average? Those that became 0 do not count, and neither does their sign.',
        };
      },
    },
    {
      name: 'no other split has a smaller squared error',
      points: 3,
      async measure(learner, draw) {
        const drawn = Array.from({length: 4}, (_, i) => [
          normal(draw.for(`n${i}`), 180),
          heavy(draw.for(`h${i}`), 180),
          uniform(draw.for(`u${i}`), 180),
        ]).flat();
        let worst = 0;
        for (const weights of drawn) {
          const {codes, scale} = await ternaryOf(learner, weights);
          worst = Math.max(worst, 100 * (squaredError(weights, codes, scale) / leastError(weights) - 1));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.1,
          unit: '% above the least squared error',
          message:
            'Another number of kept weights would have a smaller squared error. A fixed threshold fits one shape of distribution only: try every number of kept weights, largest first, and take the best.',
        };
      },
    },
    {
      name: 'zeros, one weight and equal weights are no trouble',
      points: 1,
      async measure(learner, draw) {
        const size = draw.uniform(0.2, 2);
        const cases = [new Float32Array(12), Float32Array.of(-size), new Float32Array(9).fill(size), Float32Array.of(0, 0, size, 0)];
        let off = 0;
        for (const weights of cases) {
          const {codes, scale} = await ternaryOf(learner, weights);
          if (squaredError(weights, codes, scale) > 1e-6 * size ** 2) off++;
        }
        return {
          measured: off,
          comparison: '==',
          threshold: 0,
          unit: 'lists that are not restored exactly',
          message:
            'These weights have at most one magnitude besides 0, so that three values restore them exactly, and yours do not. Take care of a list of zeros, and do not stop before the last weight.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'ternarize', normal(draw, 30)),
    },
  ],
};

async function ternaryOf(learner: Learner, weights: Float32Array): Promise<{codes: Int8Array; scale: number}> {
  const answer = expectRecord(await learner.call('ternarize', weights), ['codes', 'scale'], 'the result of ternarize');
  if (!(answer.codes instanceof Int8Array) || answer.codes.length !== weights.length)
    throw new WrongAnswer('Expected codes to be an Int8Array with one code for each weight');
  if (answer.codes.some(code => Math.abs(code) > 1))
    throw new WrongAnswer('Expected the codes to be −1, 0 or 1: ternary means three values');
  return {codes: answer.codes, scale: expectNumber(answer.scale, 'the scale')};
}

const normal = (draw: Draw, length: number, deviation = 1): Float32Array => Float32Array.from({length}, () => draw.normal(0, deviation));
const uniform = (draw: Draw, length: number): Float32Array => Float32Array.from({length}, () => draw.uniform(-1, 1));
/** Most are small, a few are very large. */
const heavy = (draw: Draw, length: number): Float32Array => Float32Array.from({length}, () => draw.normal() ** 3);

function squaredError(weights: Float32Array, codes: Int8Array, scale: number): number {
  return weights.reduce((sum, w, i) => sum + (w - scale * codes[i]!) ** 2, 0);
}

/** Σ w·code / Σ code²: where the derivative of the squared error by the scale is 0. */
function bestScale(weights: Float32Array, codes: Int8Array): number {
  let [product, squares] = [0, 0];
  weights.forEach((w, i) => {
    product += w * codes[i]!;
    squares += codes[i]! ** 2;
  });
  return squares === 0 ? 0 : product / squares;
}

/** By trying every number of kept weights and computing each error from scratch. */
function leastError(weights: Float32Array): number {
  const magnitudes = weights.map(Math.abs).sort().reverse();
  let least = Infinity;
  for (let kept = 1; kept <= magnitudes.length; kept++) {
    const scale = magnitudes.subarray(0, kept).reduce((sum, m) => sum + m, 0) / kept;
    least = Math.min(
      least,
      magnitudes.reduce((sum, m, rank) => sum + (rank < kept ? m - scale : m) ** 2, 0),
    );
  }
  return least;
}
