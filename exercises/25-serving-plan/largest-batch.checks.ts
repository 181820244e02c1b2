import {expectNumber} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {largestBatch as reference} from '../../quant/plan/serving.ts';
import {type DrawnPlan, drawPlan, referenceMemory, withMemory} from './inputs.ts';

export const largestBatch: Task = {
  name: 'largestBatch',
  title: 'How many users fit?',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'as many as fit beside the weights',
      points: 3,
      measure: (learner, draw) =>
        wrongCounts(
          learner,
          [1, 2, 4, 2].map((gpus, i) => room(draw, gpus, draw.integer(3, 40), i % 2 ? 0.35 : 0.65)),
          'This is not the largest number of sequences that fits. What is left on a GPU beside its part of the weights and the overhead, over what ONE sequence takes there, rounded down. The batch of the plan plays no part: it is what you look for.',
        ),
    },
    {
      name: 'none, where there is no room for one',
      points: 1,
      measure: (learner, draw) =>
        wrongCounts(
          learner,
          draw.shuffle([tooSmall(draw), room(draw, 2, 0), room(draw, 1, draw.integer(1, 3))]),
          'Where the weights alone do not fit, or no sequence fits beside them, the answer is 0: neither a negative number nor 1.',
        ),
    },
    {
      name: 'the plan is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'largestBatch', room(draw, 2, 5).plan as never),
    },
  ],
};

async function wrongCounts(learner: Learner, plans: readonly DrawnPlan[], message: string): Promise<Measurement> {
  let wrong = 0;
  for (const {plan, serving} of plans) {
    const answer = expectNumber(await learner.call('largestBatch', plan as never), 'the result of largestBatch');
    if (answer !== reference(serving)) wrong++;
  }
  return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong counts', message};
}

/** GPUs with room for so many sequences and a part of one more, with the toolkit's activations and without: no answer hangs on a rounding. */
function room(draw: Draw, gpus: number, sequences: number, part = 0.5): DrawnPlan {
  for (;;) {
    const batch = draw.integer(2, 24);
    // One sequence is a few hundredths of the weights, so that an overhead, or a GiB for a GB, is worth more than one.
    const drawn = drawPlan(draw, {gpus, batch, cacheShare: batch * draw.uniform(0.02, 0.06)});
    const {kvCache, total} = referenceMemory(drawn);
    const one = kvCache / batch;
    const roomy = withMemory(drawn, (total - kvCache + (sequences + part) * one) / 1e9);
    if (reference(roomy.serving) === sequences) return roomy;
  }
}

/** The weights do not fit, by far more than a sequence. */
function tooSmall(draw: Draw): DrawnPlan {
  const drawn = drawPlan(draw, {});
  return withMemory(drawn, (draw.uniform(0.5, 0.8) * referenceMemory(drawn).weights) / 1e9);
}
