import {expectNumber} from '../../checking/expect.ts';
import type {Check, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';

/** A task whose answer turns two numbers into one. */
export function numberTask(
  name: string,
  title: string,
  right: (a: number, b: number) => number,
  checks: readonly {
    readonly name: string;
    readonly inputs: (draw: Draw) => readonly (readonly [number, number])[];
    readonly message: string;
  }[],
): Task {
  return {
    name,
    title,
    timeoutMs: 10_000,
    checks: checks.map(({name: claim, inputs, message}): Check => ({
      name: claim,
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const [a, b] of inputs(draw)) {
          const answer = expectNumber(await learner.call(name, a, b), `the result of ${name}`);
          worst = Math.max(worst, Math.abs(answer / right(a, b) - 1));
        }
        return {measured: worst, comparison: '<=', threshold: 1e-3, unit: 'relative deviation', message};
      },
    })),
  };
}

/** A whole number of the size of the two bounds: each factor of ten is as likely as the next. */
export function spread(draw: Draw, low: number, high: number): number {
  return Math.round(low * (high / low) ** draw.uniform());
}
