import {expectTensor} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {bestCentroids, type ClusteredLayer, clusteredLayer, multiply, outputError} from './inputs.ts';

export const fineTuneCentroids: Task = {
  name: 'fineTuneCentroids',
  title: 'Train the table',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'the error of the output is nearly as small as this table allows',
      points: 3,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [2, 3, 3]) {
          const layer = clusteredLayer(draw, bits);
          const tuned = await answerFor(learner, layer);
          const [before, now, least] = [layer.centroids.data, tuned, bestCentroids(layer)].map(table => outputError(layer.x, layer, table));
          worst = Math.max(worst, (now! - least!) / (before! - least!));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.1,
          unit: 'share left of the error that moving centroids can remove',
          message:
            'The centroids can still move to a smaller error of the output. The gradient of a centroid is the sum of the gradients of all weights that point to it; follow it downhill, far enough, and compare outputs, not weights.',
        };
      },
    },
    {
      name: 'it helps on activations that it has not seen',
      points: 2,
      async measure(learner, draw) {
        let [before, now] = [0, 0];
        for (const bits of [2, 3, 2, 3, 2, 3]) {
          const layer = clusteredLayer(draw, bits);
          const tuned = await answerFor(learner, layer);
          before += outputError(layer.hidden, layer, layer.centroids.data);
          now += outputError(layer.hidden, layer, tuned);
        }
        return {
          measured: Math.sqrt(now / before),
          comparison: '<=',
          threshold: 0.9,
          unit: '× error before, on hidden activations',
          message:
            'On other activations of the same kind the layer has not become better. Use all rows of x for each step: a table that fits one row, or a few, fits nothing else.',
        };
      },
    },
    {
      name: 'a centroid that no weight uses does no harm',
      points: 1,
      async measure(learner, draw) {
        const drawn = clusteredLayer(draw, 2);
        // Four centroids in a table of eight: the others are used by nothing.
        const data = Float32Array.from({length: 8}, (_, k) => drawn.centroids.data[k] ?? draw.uniform(1, 2));
        const layer = {...drawn, centroids: {...drawn.centroids, shape: [8], data}};
        const tuned = await answerFor(learner, layer);
        const [before, now, least] = [data, tuned, bestCentroids(layer)].map(table => outputError(layer.x, layer, table));
        return {
          measured: (now! - least!) / (before! - least!),
          comparison: '<=',
          threshold: 0.1,
          unit: 'share left of the error that moving centroids can remove',
          message:
            'With centroids that nothing points to, the table is not tuned, or is not a number. Their gradient is 0: do not divide by a number of members that may be 0, and take the length of the table from the table.',
        };
      },
    },
    {
      name: 'its inputs are left as they were',
      points: 1,
      async measure(learner, draw) {
        const layer = clusteredLayer(draw, 2);
        return unchangedInputs(learner, 'fineTuneCentroids', ...argumentsOf(layer));
      },
    },
  ],
};

function argumentsOf(layer: ClusteredLayer): [TensorData, TensorData, TensorData, TensorData] {
  const {x, weights, indices, centroids} = layer;
  const exact = Float32Array.from(multiply(x, weights, i => weights.data[i]!));
  return [x, {dtype: 'float32', shape: [x.shape[0]!, weights.shape[1]!], data: exact}, indices, centroids];
}

async function answerFor(learner: Learner, layer: ClusteredLayer): Promise<ArrayLike<number>> {
  const answer = await learner.call('fineTuneCentroids', ...argumentsOf(layer));
  return expectTensor(answer, {what: 'the tuned centroids', shape: layer.centroids.shape}).data;
}
