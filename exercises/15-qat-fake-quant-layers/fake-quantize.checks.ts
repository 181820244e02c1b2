import {expectTensor} from '../../checking/expect.ts';
import {wrongGradients} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {clamp, roundHalfToEven} from './inference.ts';
import {trainable} from './trainable.ts';

interface Case {
  readonly x: TensorData;
  /** One per column of x; a single number travels as a number. */
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  readonly qmin: number;
  readonly qmax: number;
}

export const fakeQuantize: Task = {
  name: 'fakeQuantize',
  title: 'Fake-quantize with a gradient that passes straight through',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'values land on the nearest grid point',
      points: 2,
      async measure(learner, draw) {
        const shapes: Record<string, (draw: Draw) => number> = {
          both: d => d.normal(0, 2),
          positive: d => d.uniform(0.5, 6),
          negative: d => d.uniform(-6, -0.5),
          zeros: () => 0,
          constant: () => 1.7,
        };
        let wrong = 0;
        for (const [name, element] of Object.entries(shapes)) {
          for (const bits of [2, 4, 8]) wrong += await misses(learner, caseOf(draw.for(`${name}${bits}`), bits, 1, element));
        }
        return exact(
          wrong,
          'values',
          'Some values are not on the nearest grid point. The order is: divide by the scale, round, add the zero point, clip to qmin … qmax; back: scale · (q − zeroPoint).',
        );
      },
    },
    {
      name: 'one scale per column broadcasts',
      points: 1,
      async measure(learner, draw) {
        return exact(
          await misses(learner, caseOf(draw, 4, 6)),
          'values',
          'With one scale per column, some values are not on their own column’s grid. Let tf.div and tf.mul broadcast the scale tensor; do not take one number out of it.',
        );
      },
    },
    {
      name: 'the gradient passes where the code is on the grid',
      points: 2,
      async measure(learner, draw) {
        return gradients(
          learner,
          draw,
          true,
          'The gradient of values inside the range must arrive unchanged. The slope of round is 0 everywhere, so that training stands still; tf.customGrad lets you say another one: the gradient that came in.',
        );
      },
    },
    {
      name: 'the gradient stops where the value was clipped',
      points: 2,
      async measure(learner, draw) {
        return gradients(
          learner,
          draw,
          false,
          'Values that were clipped still receive a gradient. A little more or less of them changes nothing of the output, so theirs is 0: multiply by a mask.',
        );
      },
    },
  ],
};

/** Inputs that keep away from ties and from the half step beyond the ends, where the two published masks differ. */
function caseOf(draw: Draw, bits: number, columns: number, element: (draw: Draw) => number = d => d.normal(0, 2)): Case {
  const signed = draw.uniform() < 0.5;
  const [qmin, qmax] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  // Near the middle of the codes, but not in it: a forgotten or added zero point must show.
  const zeroPoint = columns > 1 ? 0 : Math.round((qmin + qmax) / 2) + (bits > 2 ? draw.pick([-1, 2]) : 0) || 1;
  const scales = Array.from({length: columns}, () => draw.uniform(0.6, 1.4) * (5 / 2 ** bits));
  const rows = 48;
  const x = draw.tensor([rows, columns], (source, i) => {
    const scale = scales[i % columns]!;
    for (;;) {
      const value = Math.fround(element(source));
      const steps = value / scale;
      const beyond = Math.max(qmin - zeroPoint - steps, steps - (qmax - zeroPoint));
      const tie = Math.abs(Math.abs(steps - Math.trunc(steps)) - 0.5) < 0.02;
      if (value === 0 || value === Math.fround(1.7) || (!tie && !(beyond > -0.02 && beyond < 0.55))) return value;
    }
  });
  return {x, scales, zeroPoint, qmin, qmax};
}

function grid({scales, zeroPoint, qmin, qmax}: Case): Plain {
  const scale = scales.length === 1 ? scales[0]! : {dtype: 'float32' as const, shape: [scales.length], data: Float32Array.from(scales)};
  return {scale, zeroPoint, qmin, qmax};
}

async function misses(learner: Learner, given: Case): Promise<number> {
  const {x, scales, zeroPoint, qmin, qmax} = given;
  const {data} = expectTensor(await learner.call('fakeQuantize', x, grid(given)), {
    what: 'the output of fakeQuantize',
    shape: x.shape,
    dtype: 'float32',
  });
  return (x.data as Float32Array).reduce((count, value, i) => {
    const scale = scales[i % scales.length]!;
    const expected = scale * (clamp(roundHalfToEven(value / scale) + zeroPoint, qmin, qmax) - zeroPoint);
    return count + (Math.abs(data[i]! - expected) > 1e-3 * scale ? 1 : 0);
  }, 0);
}

async function gradients(learner: Learner, draw: Draw, inside: boolean, message: string): Promise<Measurement> {
  let wrong = 0;
  for (const columns of [1, 5]) {
    const given = caseOf(draw.for(`${columns}`), 3, columns);
    const dy = draw.tensor(given.x.shape, source => source.pick([-1, 1]) * source.uniform(0.5, 2));
    const [gradient] = await trainable(() => learner.gradient('fakeQuantize', [given.x, grid(given)], [0], dy), message);
    const {data} = expectTensor(gradient, {what: 'the gradient of fakeQuantize', shape: given.x.shape, dtype: 'float32'});
    const codes = Array.from(given.x.data, (value, i) => roundHalfToEven(value / given.scales[i % columns]!) + given.zeroPoint);
    const concerned = codes.flatMap((code, i) => ((code >= given.qmin && code <= given.qmax) === inside ? [i] : []));
    wrong += wrongGradients(
      concerned.map(i => (inside ? dy.data[i]! : 0)),
      concerned.map(i => data[i]!),
    );
  }
  return exact(wrong, 'gradients', message);
}

function exact(measured: number, unit: string, message: string): Measurement {
  return {measured, comparison: '==', threshold: 0, unit: `wrong ${unit}`, message};
}
