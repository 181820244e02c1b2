import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {bell, linearError, meanSquare, referenceError} from './inputs.ts';

export const kmeansQuantize: Task = {
  name: 'kmeansQuantize',
  title: 'Let the weights choose their grid',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'the error is far below that of a linear grid at 2 and 3 bits',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [2, 3]) {
          const weights = bell(draw, [24, 50]);
          worst = Math.max(worst, (await answerFor(learner, weights, bits)).error / linearError(weights, bits));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.7,
          unit: '× mean squared error of a linear grid',
          message:
            'Your codebook is hardly better than equally spaced points. The points must move to where the weights are: assign, then average, again and again, and with as many points as the bits allow.',
        };
      },
    },
    {
      name: 'it goes on until nothing moves',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        let picture: {x: number[]; y: number[]} = {x: [], y: []};
        for (const bits of [2, 3]) {
          const weights = bell(draw, [30, 40]);
          const {error, centroids} = await answerFor(learner, weights, bits);
          worst = Math.max(worst, error / referenceError(weights, bits));
          picture = {x: Array.from(centroids), y: Array.from(centroids, (_, k) => k)};
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1.25,
          unit: '× mean squared error of k-means that has settled',
          message:
            'The codebook has not settled. One round, or a clever start without rounds, is not k-means: repeat until no weight changes its centroid. The mean squared error wants means, not medians or middles.',
          picture: {title: 'Your centroids at 3 bits, in the order of their indices', series: [{label: 'index', ...picture, mark: 'dot'}]},
        };
      },
    },
    {
      name: 'each weight has the index of its nearest centroid',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [2, 3, 4]) {
          const weights = bell(draw, [20, 30]);
          const {indices, centroids} = await answerFor(learner, weights, bits);
          const range = Math.max(...centroids) - Math.min(...centroids);
          weights.data.forEach((value, i) => {
            const distances = Array.from(centroids, centroid => Math.abs(value - centroid));
            if (distances[indices[i]!]! > Math.min(...distances) + 1e-4 * range) wrong++;
          });
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'weights at a far centroid',
          message:
            'Some weights point to a centroid that is not their nearest. After the last move of the centroids, assign once more; and if you sort the table, the indices must follow.',
        };
      },
    },
    {
      name: 'each centroid is the mean of its weights',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [2, 3]) {
          const weights = bell(draw, [25, 40]);
          const {indices, centroids} = await answerFor(learner, weights, bits);
          const deviation = Math.sqrt(meanSquare(weights.data, new Float32Array(weights.data.length)));
          for (let k = 0; k < centroids.length; k++) {
            const own = Array.from(weights.data).filter((_, i) => indices[i] === k);
            if (own.length > 0)
              worst = Math.max(worst, Math.abs(own.reduce((sum, w) => sum + w, 0) / own.length - centroids[k]!) / deviation);
          }
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.04,
          unit: '× standard deviation of the weights',
          message:
            'A centroid is not the mean of the weights that point to it. The table that you return must be the one that belongs to the indices, in float32.',
        };
      },
    },
    {
      name: 'fewer values than centroids are no trouble',
      points: 1,
      async measure(learner, draw) {
        const [low, high] = [-draw.uniform(0.1, 1), draw.uniform(0.1, 1)];
        const inputs = [
          draw.tensor([12], () => 0),
          draw.tensor([3, 5], () => high),
          draw.tensor([16], (_, i) => (i % 2 === 0 ? low : high)),
          draw.tensor([1], () => low),
        ];
        let worst = 0;
        for (const weights of inputs) worst = Math.max(worst, Math.sqrt((await answerFor(learner, weights, 3)).error));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'error, in the values’ own unit',
          message:
            'One or two different values must come back exactly, from eight centroids. A centroid without weights has no mean, 0 / 0 is NaN: leave it where it is.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'kmeansQuantize', bell(draw, [5, 8]), 2),
    },
  ],
};

interface Answer {
  readonly indices: ArrayLike<number>;
  readonly centroids: Float32Array;
  /** Mean squared error of what the table restores. */
  readonly error: number;
}

async function answerFor(learner: Learner, weights: TensorData, bits: number): Promise<Answer> {
  const answer = expectRecord(
    await learner.call('kmeansQuantize', weights, bits),
    ['indices', 'centroids'],
    'the result of kmeansQuantize',
  );
  const indices = expectCodes(answer.indices, {what: 'indices', shape: weights.shape});
  const {data} = expectTensor(answer.centroids, {what: 'centroids', shape: [2 ** bits]});
  const centroids = Float32Array.from(data);
  if (Array.from(indices).some(index => index < 0 || index >= centroids.length))
    throw new WrongAnswer('Expected indices to be places in the table, from 0 to 2^bits − 1, got one outside');
  return {
    indices,
    centroids,
    error: meanSquare(
      weights.data,
      Array.from(indices, index => centroids[index]!),
    ),
  };
}
