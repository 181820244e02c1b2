import {expectTensor} from '../../checking/expect.ts';
import {misdirection, wrongGradients} from '../../checking/metrics.ts';
import {type Learner, LearnerThrew, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {codeOf, type Levels, signedLevels, stepSlope} from './reference.ts';

interface Case {
  readonly x: TensorData;
  /** One for each column of x, or one for all. */
  readonly steps: readonly number[];
  readonly levels: Levels;
}

export const lsqQuantize: Task = {
  name: 'lsqQuantize',
  title: 'Fake-quantize with a gradient for the step',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'values land on the nearest grid point',
      points: 2,
      async measure(learner, draw) {
        const elements: Record<string, (draw: Draw) => number> = {
          both: d => d.normal(0, 2),
          positive: d => d.uniform(0.5, 6),
          negative: d => d.uniform(-6, -0.5),
          zeros: () => 0,
          constant: () => 1.7,
        };
        let wrong = 0;
        for (const [name, element] of Object.entries(elements))
          for (const bits of [2, 3, 8]) wrong += await misses(learner, caseOf(draw.for(`${name}${bits}`), {bits, element}));
        return {
          measured: wrong + (await misses(learner, caseOf(draw.for('columns'), {bits: 3, columns: 6}))),
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'Some values are not on the nearest grid point. The order is: divide by the step, round, clip to qmin … qmax, times the step. A step per column broadcasts by itself, as long as you keep it a tensor.',
        };
      },
    },
    {
      name: 'the gradient of x stops where it was clipped',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const columns of [1, 4]) {
          const given = caseOf(draw.for(`${columns}`), {bits: 3, columns});
          const dy = directions(given.x.shape, draw.for(`dy${columns}`));
          const gradient = await gradientOf(learner, given, 0, dy);
          const passed = Float32Array.from(given.x.data, (value, i) => (isInside(value, i, given) ? dy.data[i]! : 0));
          wrong += wrongGradients(passed, gradient);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong gradients',
          message:
            'The gradient of x is that of lesson 15: what comes in passes unchanged where the code lies in qmin … qmax, and is 0 where it was clipped.',
        };
      },
    },
    {
      name: 'on the grid, the step’s gradient is the rounding error',
      points: 2,
      measure: (learner, draw) =>
        directionError(
          learner,
          draw,
          true,
          'From values on the grid the step gets another gradient than round(x/s) − x/s. Differentiate s · round(x/s) by the product rule, with 1 for the slope of round: mind both terms and their signs.',
        ),
    },
    {
      name: 'beyond the ends, the step’s gradient is qmin or qmax',
      points: 2,
      measure: (learner, draw) =>
        directionError(
          learner,
          draw,
          false,
          'From clipped values the step gets another gradient than qmin or qmax. Their output is step · qmin or step · qmax: what is its slope? x has no part in it.',
        ),
    },
    {
      name: 'each step collects from its own column',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [2, 4]) {
          const given = caseOf(draw.for(`${bits}`), {bits, columns: 7});
          const dy = directions(given.x.shape, draw.for(`dy${bits}`));
          worst = Math.max(worst, misdirection(exactStepGradient(given, dy), await gradientOf(learner, given, 1, dy)));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× the gradient’s norm',
          message:
            'With one step per column, the steps’ gradients are not those of their own columns. Each step touches the values of its column only: sum along axis 0.',
        };
      },
    },
    {
      name: 'the gradient is scaled by 1/√(N · qmax)',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const [bits, rows] of [
          [2, 50],
          [3, 300],
          [5, 120],
        ] as const) {
          const given = caseOf(draw.for(`${bits}`), {bits, rows});
          // All from one side, so that nothing cancels out.
          const dy = {...given.x, data: Float32Array.from(given.x.data, (value, i) => Math.sign(slopeOf(value, i, given)) || 1)};
          const [exact] = exactStepGradient(given, dy) as [number];
          const got = await gradientOf(learner, given, 1, dy);
          worst = Math.max(worst, Math.abs((got[0]! / exact) * Math.sqrt(rows * given.levels.qmax) - 1));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× the gradient, the largest deviation',
          message:
            'The step’s gradient has not the size that was asked for. It is a sum of N terms, N being the number of values that share the step; multiply it, and only it, by 1/√(N · qmax).',
        };
      },
    },
  ],
};

interface CaseOptions {
  readonly bits: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly element?: (draw: Draw) => number;
  /** All values on the grid, or all beyond it. */
  readonly inside?: boolean;
  /** A grid with a sign; drawn where it is not said. */
  readonly signed?: boolean;
}

/** Inputs that keep away from ties and from the half step beyond the ends, where the two published masks differ. */
function caseOf(draw: Draw, {bits, columns = 1, rows = 48, element = d => d.normal(0, 2), inside, signed}: CaseOptions): Case {
  // Half of the grids are without a sign, as those of activations are.
  const levels = (signed ?? draw.uniform() < 0.5) ? signedLevels(bits) : {qmin: 0, qmax: 2 ** bits - 1};
  const steps = Array.from({length: columns}, () => draw.uniform(0.6, 1.4) * (5 / 2 ** bits));
  const x = draw.tensor([rows, columns], (source, i) => {
    const step = steps[i % columns]!;
    for (;;) {
      const value = Math.fround(element(source));
      const at = value / step;
      const beyond = Math.max(levels.qmin - at, at - levels.qmax);
      const isClear = Math.abs(Math.abs(at - Math.trunc(at)) - 0.5) > 0.02 && (beyond < -0.02 || beyond > 0.55);
      if (value === 0 || value === Math.fround(1.7) || (isClear && (inside === undefined || inside === beyond < 0))) return value;
    }
  });
  return {x, steps, levels};
}

function directions(shape: readonly number[], draw: Draw): TensorData {
  return draw.tensor(shape, source => source.pick([-1, 1]) * source.uniform(0.5, 2));
}

async function misses(learner: Learner, given: Case): Promise<number> {
  const {x, steps, levels} = given;
  const {data} = expectTensor(await learner.call('lsqQuantize', x, stepTensor(steps), {...levels}), {
    what: 'the output of lsqQuantize',
    shape: x.shape,
    dtype: 'float32',
  });
  return (x.data as Float32Array).reduce((count, value, i) => {
    const step = steps[i % steps.length]!;
    return count + (Math.abs(data[i]! - step * codeOf(value, step, levels)) > 1e-3 * step ? 1 : 0);
  }, 0);
}

/** One step for all values, in eight calls of equal size: whatever positive factor the answer uses, it is the same in all of them. */
async function directionError(learner: Learner, draw: Draw, inside: boolean, message: string): Promise<Measurement> {
  let worst = 0;
  // On a grid without a sign the one end is 0, and any number stands for the other: a factor is free.
  for (const [bits, signed] of [
    [2, true],
    [4, undefined],
  ] as const) {
    const [got, exact]: [number[], number[]] = [[], []];
    let qmax: number | undefined;
    for (let i = 0; got.length < 8; i++) {
      const source = draw.for(`${bits}/${i}`);
      const given = caseOf(source, {bits, inside, ...(signed && {signed}), element: d => d.normal(0, inside ? 2 : 5)});
      if (given.levels.qmax !== (qmax ??= given.levels.qmax)) continue;
      const dy = directions(given.x.shape, source.for('dy'));
      exact.push(...exactStepGradient(given, dy));
      got.push(...Array.from(await gradientOf(learner, given, 1, dy)));
    }
    worst = Math.max(worst, misdirection(exact, got));
  }
  return {measured: worst, comparison: '<=', threshold: 0.01, unit: '× the gradient’s norm', message};
}

/** The sum over what shares a step of dy · ∂x̂/∂s, without the gradient scale. */
function exactStepGradient(given: Case, dy: TensorData): number[] {
  const sums = given.steps.map(() => 0);
  given.x.data.forEach((value, i) => (sums[i % sums.length]! += dy.data[i]! * slopeOf(value, i, given)));
  return sums;
}

function slopeOf(value: number, i: number, {steps, levels}: Case): number {
  return stepSlope(value, steps[i % steps.length]!, levels);
}

function isInside(value: number, i: number, {steps, levels}: Case): boolean {
  const step = steps[i % steps.length]!;
  return Math.abs(codeOf(value, step, levels) - value / step) < 0.5;
}

async function gradientOf(learner: Learner, {x, steps, levels}: Case, wrt: 0 | 1, dy: TensorData): Promise<ArrayLike<number>> {
  const step = stepTensor(steps);
  const name = wrt === 0 ? 'x' : 'the step';
  try {
    const [gradient] = await learner.gradient('lsqQuantize', [x, step, {...levels}], [wrt], dy);
    return expectTensor(gradient, {what: `the gradient of ${name}`, shape: [x, step][wrt]!.shape, dtype: 'float32'}).data;
  } catch (error) {
    if (!(error instanceof LearnerThrew)) throw error;
    if (/does not match the shape of the input/.test(error.message))
      throw new WrongAnswer(
        `The gradient of ${name} must have the shape of ${name}. What many values share collects a sum over all of them: tf.sum(…) for one step, tf.sum(…, 0) for one per column.`,
        {cause: error},
      );
    if (/Cannot find a connection|Cannot compute gradient of y/.test(error.message))
      throw new WrongAnswer(
        `No gradient leads to ${name}: make x and the step both arguments of the function inside tf.customGrad, and return a gradient for each.`,
        {cause: error},
      );
    throw error;
  }
}

function stepTensor(steps: readonly number[]): TensorData {
  return {dtype: 'float32', shape: steps.length === 1 ? [] : [steps.length], data: Float32Array.from(steps)};
}
