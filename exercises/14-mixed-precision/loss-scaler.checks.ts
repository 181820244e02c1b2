import {expectNumber} from '../../checking/expect.ts';
import type {Instance, Learner, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {ScalerOptions} from './interface.ts';
import {referenceScaler} from './reference.ts';

const usual = {initialScale: 65536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 4, minScale: 1};

export const lossScaler: Task = {
  name: 'LossScaler',
  title: 'A dynamic loss scale',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'it grows after growthInterval good steps, and then counts anew',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const growthFactor of [2, draw.uniform(1.4, 1.7)]) {
          const growthInterval = draw.integer(3, 6);
          const options = {...usual, growthFactor, growthInterval};
          wrong += await wrongScales(learner, options, Array<boolean>(4 * growthInterval + 1).fill(true));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'steps with a wrong scale',
          message:
            'When all steps are good, the scale is wrong somewhere. It starts at initialScale, is multiplied with growthFactor after every growthInterval good steps in a row, not earlier and not later, and counts from zero again.',
        };
      },
    },
    {
      name: 'it backs off at once after a skipped step',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const backoffFactor of [0.5, draw.uniform(0.2, 0.4)])
          wrong += await wrongScales(learner, {...usual, initialScale: 2 ** 24, growthInterval: 50, backoffFactor}, [
            true,
            false,
            false,
            true,
            false,
          ]);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'steps with a wrong scale',
          message:
            'After a skipped step the scale is multiplied with backoffFactor, at once and each time; update(false) says that a step was skipped.',
        };
      },
    },
    {
      name: 'a skipped step breaks the row of good steps',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (let run = 0; run < 3; run++) {
          const growthInterval = draw.integer(3, 5);
          const good = (count: number): boolean[] => Array<boolean>(count).fill(true);
          // A row that is broken one step before it is full, then rows of every length.
          const rows = draw.shuffle([growthInterval - 1, growthInterval, 1, 2, growthInterval + 1]);
          const steps = [growthInterval - 1, ...rows, 2 * growthInterval].flatMap(length => [...good(length), false]);
          wrong += await wrongScales(learner, {...usual, initialScale: 2 ** 20, growthInterval}, steps);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'steps with a wrong scale',
          message:
            'Good and skipped steps in turn lead to a wrong scale. The scale grows after growthInterval good steps *in a row*: a skipped one sets the count to zero, and is no good step itself.',
        };
      },
    },
    {
      name: 'with both factors 1 it is static',
      points: 1,
      async measure(learner, draw) {
        const options = {...usual, initialScale: 2 ** draw.integer(5, 12), growthFactor: 1, backoffFactor: 1};
        return {
          measured: await wrongScales(learner, options, [...mixed(draw, 20), ...Array<boolean>(options.growthInterval).fill(true)]),
          comparison: '==',
          threshold: 0,
          unit: 'steps with a wrong scale',
          message: 'A scale whose growthFactor and backoffFactor are both 1 must never change. Take the factors from the options.',
        };
      },
    },
    {
      name: 'it does not back off without limit',
      points: 2,
      async measure(learner, draw) {
        const minScale = draw.pick([1, 0.25, 8]) * draw.uniform(1.1, 1.5);
        const options = {...usual, minScale, growthInterval: 3};
        const scaler = await learner.construct('LossScaler', {...options});
        for (let i = 0; i < 60; i++) await scaler.invoke('update', false);
        const lowest = await scaleOf(scaler);
        for (let i = 0; i < 3; i++) await scaler.invoke('update', true);
        const grown = await scaleOf(scaler);
        return {
          measured: Math.max(Math.abs(Math.log2(lowest / minScale)), Math.abs(Math.log2(grown / (2 * minScale)))),
          comparison: '<=',
          threshold: 0.01,
          unit: 'powers of two off',
          message:
            'After many skipped steps the scale must rest at minScale, and grow from there when steps are good again. Without a limit it sinks to zero, and no gradient ever comes back.',
        };
      },
    },
    {
      name: 'all skipped steps are counted, for each scaler its own',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        const scalers = [
          {scaler: await learner.construct('LossScaler', {...usual, initialScale: 2 ** 30}), steps: mixed(draw, 25)},
          // It is at its limit from the start.
          {scaler: await learner.construct('LossScaler', {...usual, initialScale: 1}), steps: mixed(draw, 25)},
        ];
        const counts = [0, 0];
        for (let i = 0; i < 25; i++) {
          for (const [which, {scaler, steps}] of scalers.entries()) {
            await scaler.invoke('update', steps[i]);
            if (!steps[i]) counts[which]!++;
            if (expectNumber(await scaler.invoke('skipped'), 'skipped()') !== counts[which]) wrong++;
          }
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong counts',
          message:
            'skipped() is not the number of update(false) since this scaler was made. It never goes back, counts every skipped step once, and two scalers share nothing.',
        };
      },
    },
  ],
};

async function scaleOf(scaler: Instance): Promise<number> {
  return expectNumber(await scaler.invoke('scale'), 'scale()');
}

/** After how many steps, the start among them, the learner's scale is not the toolkit's. */
async function wrongScales(learner: Learner, options: ScalerOptions, steps: readonly boolean[]): Promise<number> {
  const reference = referenceScaler(options);
  const scaler = await learner.construct('LossScaler', {...options});
  let wrong = 0;
  for (const taken of [undefined, ...steps]) {
    if (taken !== undefined) {
      await scaler.invoke('update', taken);
      reference.update(taken);
    }
    // Read twice: to look at the scale changes nothing.
    const scales = [await scaleOf(scaler), await scaleOf(scaler)];
    if (scales.some(scale => !(Math.abs(scale / reference.scale - 1) < 1e-4))) wrong++;
  }
  return wrong;
}

/** Mostly good steps, some skipped ones, two of them one behind the other. */
function mixed(draw: Draw, length: number): boolean[] {
  const steps = Array.from({length}, () => draw.uniform() < 0.75);
  steps[draw.integer(2, 6)] = false;
  const twice = draw.integer(8, length - 3);
  steps[twice] = steps[twice + 1] = false;
  steps[twice + 2] = true;
  return steps;
}
