import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {type DrawnPlan, drawPlan, referenceMemory, withMemory} from './inputs.ts';
import type {MemoryPlan} from './interface.ts';

/** How full the GPUs are, and how many. */
const nearlyFull = [
  [0.95, 4],
  [0.98, 1],
  [1.02, 2],
  [1.03, 1],
  [1.05, 4],
] as const;

export const fits: Task = {
  name: 'fits',
  title: 'Does it fit?',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'every GPU holds its part of the weights',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          'weights',
          'weights is not right. Parameters times bits are bits: a byte has 8. The GPUs share the weights, so each holds one part of them, and weights are there once, however many users come.',
        ),
    },
    {
      name: 'the cache holds keys and values, of each layer, token and user',
      points: 2,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          'kvCache',
          'kvCache is not right. For each layer and each token: a key AND a value, of kvHeads heads (not of all heads: they are shared), headSize numbers each, in kvBits bits. Times the tokens of all sequences of the batch. The GPUs share the cache, too.',
        ),
    },
    {
      name: 'the total is weights, cache and overhead',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          'total',
          'total is not right. On each GPU: weights + kvCache + overhead. The overhead is given in GB (10⁹ bytes, not 2³⁰) for each GPU, so it is not shared.',
        ),
    },
    {
      name: 'says what fits, and what does not',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const [fill, gpus] of draw.shuffle(nearlyFull)) {
          const drawn = drawPlan(draw, {gpus, cacheShare: draw.uniform(0.4, 0.8)});
          const {total} = referenceMemory(drawn);
          const answer = await answerFor(learner, withMemory(drawn, total / fill / 1e9));
          if (answer.fits !== fill <= 1) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong verdicts',
          message:
            'A plan that fits is refused, or one that does not is accepted. Compare the total of ONE GPU with what ONE GPU holds: gigabytes times 10⁹ bytes (2³⁰ would be 7% more than the data sheet means). All of it may be used: the overhead is counted already.',
        };
      },
    },
    {
      name: 'the plan is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'fits', drawPlan(draw, {}).plan as never),
    },
  ],
};

/** The largest relative deviation of a field over plans on one, two and four GPUs, in three widths. */
async function farthest(learner: Learner, draw: Draw, field: 'weights' | 'kvCache' | 'total', message: string): Promise<Measurement> {
  let measured = 0;
  const [counts, weightBits, kvBits] = [draw.shuffle([1, 2, 4]), draw.shuffle([4.5, 8, 16]), draw.shuffle([8, 8, 16])];
  for (const [i, gpus] of counts.entries()) {
    const drawn = drawPlan(draw, {gpus, weightBits: weightBits[i]!, kvBits: kvBits[i]!, cacheShare: draw.uniform(0.4, 0.8)});
    const answer = await answerFor(learner, drawn);
    measured = Math.max(measured, Math.abs(answer[field] / referenceMemory(drawn)[field] - 1));
  }
  return {measured, comparison: '<=', threshold: 1e-3, unit: 'relative deviation', message};
}

async function answerFor(learner: Learner, {plan}: DrawnPlan): Promise<MemoryPlan> {
  const answer = expectRecord(await learner.call('fits', plan as never), ['weights', 'kvCache', 'total', 'fits'], 'the result of fits');
  if (typeof answer.fits !== 'boolean') throw new WrongAnswer(`Expected fits to be true or false, got a ${typeof answer.fits}`);
  return {
    weights: expectNumber(answer.weights, 'weights'),
    kvCache: expectNumber(answer.kvCache, 'kvCache'),
    total: expectNumber(answer.total, 'total'),
    fits: answer.fits,
  };
}
