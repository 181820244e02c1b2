import {expectNumber, inNotebook, type Lesson} from 'snapgrid/checking';

/** The checks run on plain data, in a notebook and outside of the sandbox alike: nothing that the learner says of itself is believed. */
export const lesson: Lesson = {
  slug: '00-template',
  tasks: [
    {
      name: 'stepOf',
      title: 'The step of a grid',
      timeoutMs: 5000,
      checks: [
        {
          name: 'the largest magnitude is 127 steps away from zero',
          points: 2,
          async measure(learner, draw) {
            let worst = 0;
            // The value that decides lies on either side of zero.
            for (const sign of [-1, 1]) {
              const values = Array.from({length: 40}, () => draw.uniform(-1, 1));
              values[draw.integer(0, 39)] = sign * draw.uniform(2, 3);
              const right = Math.max(...values.map(Math.abs)) / 127;
              worst = Math.max(worst, Math.abs(expectNumber(await learner.call('stepOf', values), 'the step') / right - 1));
            }
            return {
              measured: worst,
              comparison: '<=',
              threshold: 1e-6,
              unit: 'relative deviation of the step',
              message: 'The step is another. The magnitude counts, whatever its sign, and the grid has 127 steps on each side.',
            };
          },
        },
        {
          name: 'a list of zeros has a positive step',
          points: 1,
          async measure(learner, draw) {
            const step = expectNumber(await learner.call('stepOf', Array(draw.integer(1, 9)).fill(0)), 'the step');
            return {
              measured: step,
              comparison: '>',
              threshold: 0,
              unit: 'step',
              guard: true,
              message: 'The step of a list of zeros is not positive; the codes would be 0 / 0.',
            };
          },
        },
      ],
    },
  ],
};

export const {check, progress} = inNotebook(lesson);
