import {expectCodes} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {encodeFloats} from '../../quant/formats/float-codes.ts';
import {float4e2m1} from '../../quant/formats/float-format.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {otherValues} from './inputs.ts';

const magnitudes = [0, 0.5, 1, 1.5, 2, 3, 4, 6];

export const encodeE2M1: Task = {
  name: 'encodeE2M1',
  title: 'Encode four-bit floats',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the sixteen numbers get their own codes',
      points: 1,
      async measure(learner, draw) {
        const numbers = draw.shuffle(magnitudes.flatMap(value => [value, -value]));
        return codesOf(
          await wrong(
            learner,
            draw.tensor([16], (_, i) => numbers[i]!),
          ),
          'A number of the format itself got another code. The codes 0 … 7 stand for 0, 0.5, 1, 1.5, 2, 3, 4, 6; a minus sign adds 8.',
        );
      },
    },
    {
      name: 'between them the nearest is taken',
      points: 1,
      async measure(learner, draw) {
        // Clear of the middles, where rounding rules differ.
        const x = draw.tensor([12, 25], d => {
          const gap = d.integer(0, 6);
          const part = d.pick([d.uniform(0.05, 0.45), d.uniform(0.55, 0.95)]);
          return d.pick([-1, 1]) * (magnitudes[gap]! + part * (magnitudes[gap + 1]! - magnitudes[gap]!));
        });
        return codesOf(
          await wrong(learner, x),
          'A value between two numbers of the format did not go to the nearer one. The steps differ: 0.5 up to 2, then 1 up to 4, then 2.',
        );
      },
    },
    {
      name: 'in the middle the even code is taken',
      points: 1,
      async measure(learner, draw) {
        const middles = draw.shuffle(
          magnitudes.slice(1).flatMap((value, i) => [(value + magnitudes[i]!) / 2, -(value + magnitudes[i]!) / 2]),
        );
        return codesOf(
          await wrong(
            learner,
            draw.tensor([14], (_, i) => middles[i]!),
          ),
          'Exactly in the middle of two numbers the one with the even code (last bit 0) is taken: tf.round does that for whole numbers, Math.round does not.',
        );
      },
    },
    {
      name: 'what is too large becomes the largest',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([3, 10], d => d.pick([-1, 1]) * d.pick([d.uniform(6.1, 7), d.uniform(7, 9), d.uniform(10, 1e6)]));
        return codesOf(
          await wrong(learner, x),
          'A value beyond 6 must become 6 with its sign: there is no infinity among sixteen codes, and a code beyond 7 would spill into the sign.',
        );
      },
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'encodeE2M1', draw.tensor([4, 5])),
    },
  ],
};

async function wrong(learner: Learner, x: TensorData): Promise<number> {
  const codes = expectCodes(await learner.call('encodeE2M1', x), {what: 'codes', shape: x.shape});
  return otherValues(encodeFloats(x.data, float4e2m1, {saturate: true}), codes);
}

function codesOf(measured: number, message: string): Measurement {
  return {measured, comparison: '==', threshold: 0, unit: 'wrong codes', message};
}
