import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {planSpeed} from '../../quant/plan/serving.ts';
import {type DrawnPlan, drawPlan} from './inputs.ts';
import type {Speed} from './interface.ts';

/** One user who has said little: the weights are all that is read. */
const alone = (draw: Draw, gpus: number): DrawnPlan => drawPlan(draw, {gpus, batch: 1, context: draw.integer(1, 8)});
/** Several users with long histories: the caches weigh as much as the weights. */
const longHistories = (draw: Draw, gpus: number): DrawnPlan =>
  drawPlan(draw, {gpus, batch: draw.integer(4, 12), cacheShare: draw.uniform(0.8, 1.8)});
/** Very many users who have said little. */
const crowd = (draw: Draw, gpus: number): DrawnPlan =>
  drawPlan(draw, {gpus, weightBits: draw.pick([4.5, 8]), batch: draw.integer(700, 1200), context: draw.integer(4, 12)});

export const tokensPerSecond: Task = {
  name: 'tokensPerSecond',
  title: 'How fast, at most?',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'one user waits for the weights',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          alone,
          'For one user with a short history a step takes as long as reading the weights: bytes on one GPU over the bytes a second of one GPU. All GPUs read at the same time, each its part. GB/s are 10⁹ bytes a second.',
        ),
    },
    {
      name: 'the caches of all users are read as well',
      points: 2,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          longHistories,
          'With long histories the answer is off. One step makes one token for EVERY user. It reads the weights once for all of them, not once for each, and in addition all of the cache. perUser is 1 over the time of a step, total is batch times that.',
        ),
    },
    {
      name: 'very many users wait for the arithmetic',
      points: 2,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          crowd,
          'With very many users the answer is off. The arithmetic of a step is 2 operations (a multiplication and an addition) for each parameter and each user, shared by the GPUs. It runs while memory is read, so the longer of the two times counts, not their sum.',
        ),
    },
    {
      name: 'says what a step waits for',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const make of draw.shuffle([alone, longHistories, crowd, crowd])) {
          const drawn = make(draw, draw.pick([1, 2, 4]));
          if ((await answerFor(learner, drawn)).bound !== planSpeed(drawn.serving).bound) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong bounds',
          message:
            "bound is not right. It is 'memory' where reading takes longer and 'compute' where the arithmetic does; both depend on the plan.",
        };
      },
    },
    {
      name: 'the plan is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'tokensPerSecond', drawPlan(draw, {}).plan as never),
    },
  ],
};

/** The largest relative deviation of both rates from the toolkit's, on one, two and four GPUs. */
async function farthest(
  learner: Learner,
  draw: Draw,
  make: (draw: Draw, gpus: number) => DrawnPlan,
  message: string,
): Promise<Measurement> {
  let measured = 0;
  for (const gpus of draw.shuffle([1, 2, 4])) {
    const drawn = make(draw, gpus);
    const right = planSpeed(drawn.serving);
    const {perUser, total} = await answerFor(learner, drawn);
    measured = Math.max(measured, Math.abs(perUser / right.tokensPerSecond - 1), Math.abs(total / right.totalTokensPerSecond - 1));
  }
  // The toolkit counts the scores of attention, too: a few operations in a thousand.
  return {measured, comparison: '<=', threshold: 0.01, unit: 'relative deviation', message};
}

async function answerFor(learner: Learner, {plan}: DrawnPlan): Promise<Speed> {
  const answer = expectRecord(
    await learner.call('tokensPerSecond', plan as never),
    ['perUser', 'total', 'bound'],
    'the result of tokensPerSecond',
  );
  const {bound} = answer;
  if (bound !== 'memory' && bound !== 'compute') throw new WrongAnswer("Expected bound to be 'memory' or 'compute', got something else");
  return {perUser: expectNumber(answer.perUser, 'perUser'), total: expectNumber(answer.total, 'total'), bound};
}
