import {expectTensor} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {drawBatch, drawLayer, linear, type ReferenceLayer, shareOfRounding} from './inputs.ts';

const unit = '× the rounding error of int8';

export const dynamicLinear: Task = {
  name: 'dynamicLinear',
  title: 'A linear layer that quantizes what comes in',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'gives what the integers give',
      points: 2,
      async measure(learner, draw) {
        const layer = drawLayer(draw, 48, 12);
        const x = drawBatch(draw, [6, 48], {zeroPoint: draw.integer(90, 160)});
        return {
          measured: await distance(learner, x, layer),
          comparison: '<=',
          threshold: 0.1,
          unit,
          message:
            'The outputs are not those of 8-bit codes. If they are closer to the float layer than they should be, x was never rounded; if they are further away, look at the zero point, at 255 steps, and at the two scales.',
        };
      },
    },
    {
      name: 'zero stays within the range of a one-sided batch',
      points: 1,
      async measure(learner, draw) {
        const layer = drawLayer(draw, 40, 9);
        const positive = drawBatch(draw, [5, 40], {zeroPoint: 0, from: draw.integer(90, 130)});
        const negative = drawBatch(draw, [5, 40], {zeroPoint: 255, to: draw.integer(120, 160)});
        return {
          measured: Math.max(await distance(learner, positive, layer), await distance(learner, negative, layer)),
          comparison: '<=',
          threshold: 0.1,
          unit,
          message:
            'A batch of only positive (or only negative) values comes out wrong. Widen the range until it holds 0: low = min(0, smallest), high = max(0, largest); else the zero point does not fit into 0 … 255.',
        };
      },
    },
    {
      name: 'every batch has a range of its own',
      points: 2,
      async measure(learner, draw) {
        const layer = drawLayer(draw, 40, 9);
        let worst = 0;
        for (const times of [1, 25, 0.04]) {
          const x = drawBatch(draw, [4, 40], {zeroPoint: draw.integer(60, 190)});
          worst = Math.max(worst, await distance(learner, {...x, data: x.data.map(value => value * times)}, layer));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.1,
          unit,
          message:
            'The second batch is 25 times larger than the first, the third much smaller, and one of them comes out wrong. "Dynamic" means: smallest and largest value are looked up anew for every batch, over the whole batch.',
        };
      },
    },
    {
      name: 'a batch of zeros gives the bias',
      points: 1,
      async measure(learner, draw) {
        const layer = drawLayer(draw, 16, 5);
        const zeros = draw.tensor([3, 16], () => 0);
        const y = await outputs(learner, zeros, layer);
        return {
          measured: y.reduce((worst, value, i) => Math.max(worst, Math.abs(value - layer.bias.data[i % 5]!)), 0),
          comparison: '<=',
          threshold: 1e-5,
          unit: 'largest distance from the bias',
          message: 'Nothing comes in, so only the bias should come out. With all values zero the range is empty and the scale would be 0.',
        };
      },
    },
    {
      name: 'what it is given is left as it was',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'dynamicLinear', drawBatch(draw, [2, 8], {zeroPoint: 100}), int8(drawLayer(draw, 8, 3))),
    },
  ],
};

const int8 = ({codes, scales, bias}: ReferenceLayer): Record<string, TensorData> => ({codes, scales, bias});

async function outputs(learner: Learner, x: TensorData, layer: ReferenceLayer): Promise<Float64Array> {
  const answer = await learner.call('dynamicLinear', x, int8(layer));
  const shape = [x.shape[0]!, layer.bias.data.length];
  return Float64Array.from(expectTensor(answer, {what: 'the result of dynamicLinear', shape, dtype: 'float32'}).data);
}

async function distance(learner: Learner, x: TensorData, layer: ReferenceLayer): Promise<Measurement['measured']> {
  return shareOfRounding(await outputs(learner, x, layer), linear(x, layer, 'dynamic'), linear(x, layer, 'float'));
}
