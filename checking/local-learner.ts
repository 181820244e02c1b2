import * as tf from '@tensorflow/tfjs-core';
import {toPlain, toTensors} from '../backend/plain.ts';
import {unreported} from '../backend/unreported.ts';
import type {Plain, TensorData} from '../session/wire/plain.ts';
import {type Instance, type Learner, LearnerThrew} from './types.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** A learner whose code runs in this very process: a notebook's own `check()`, `snapgrid check` and `snapgrid calibrate`. Nothing here resists an attack. */
export class LocalLearner implements Learner {
  /** `scope` finds what the learner declared by its name; undefined where there is nothing of that name. */
  constructor(private readonly scope: (name: string) => unknown) {}

  async call(name: string, ...args: readonly Plain[]): Promise<Plain> {
    const inputs = fresh(args);
    try {
      return await learners(async () => toPlain(await this.find(name)(...inputs)));
    } finally {
      disposeAll(inputs);
    }
  }

  async inputsAfter(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]> {
    return this.inputsLeft(name, args, {release: false});
  }

  async inputsAfterRelease(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]> {
    return this.inputsLeft(name, args, {release: true});
  }

  async construct(name: string, ...args: readonly Plain[]): Promise<Instance> {
    const instance = await learners(async () => {
      const made: unknown = Reflect.construct(this.find(name), fresh(args));
      return made as Record<string, unknown>;
    });
    return {
      invoke: (method, ...given) =>
        learners(async () => {
          const found = instance[method];
          if (typeof found !== 'function')
            throw new TypeError(`Expected a method ${method} of class ${name}, got ${typeof found}; add it to the class`);
          return toPlain(await (found as AnyFunction).apply(instance, fresh(given)));
        }),
    };
  }

  async gradient(name: string, args: readonly Plain[], wrt: readonly number[], dy: TensorData): Promise<TensorData[]> {
    const inputs = fresh(args);
    return learners(async () => {
      const answer = this.find(name);
      const output = (...at: tf.Tensor[]): tf.Tensor => {
        const all = [...inputs];
        wrt.forEach((position, i) => (all[position] = at[i]));
        const value = answer(...all);
        if (!(value instanceof tf.Tensor))
          throw new TypeError(`Expected ${name} to return a tensor, so that its gradient can be taken, got ${typeof value}`);
        return value;
      };
      const [direction] = fresh([dy]);
      const gradients = tf.grads(output)(
        wrt.map(position => inputs[position] as tf.Tensor),
        direction as tf.Tensor,
      );
      return (await Promise.all(gradients.map(toPlain))) as TensorData[];
    });
  }

  /** The arguments as a call leaves them; `release` disposes its result before they are read. */
  private async inputsLeft(name: string, args: readonly Plain[], {release}: {readonly release: boolean}): Promise<readonly Plain[]> {
    const inputs = fresh(args);
    try {
      return await learners(async () => {
        const result = await this.find(name)(...inputs);
        if (release) tf.dispose(result as tf.TensorContainer);
        return Promise.all(inputs.map(toPlain));
      });
    } finally {
      disposeAll(inputs);
    }
  }

  private find(name: string): AnyFunction {
    const found = this.scope(name);
    if (typeof found === 'function') return found as AnyFunction;
    throw new TypeError(
      found === undefined
        ? `Expected \`${name}\` to be declared, found nothing of that name; write it, then run its cell`
        : `Expected \`${name}\` to be a function or a class, got ${found === null ? 'null' : typeof found}`,
    );
  }
}

/** The learner never gets the check's own arrays: an answer that writes into its input would change what it is judged by. */
function fresh(args: readonly Plain[]): unknown[] {
  return args.map(arg => toTensors(structuredClone(arg) as Plain));
}

async function learners<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await unreported(run);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new LearnerThrew(message, {cause: error});
  }
}

function disposeAll(values: unknown): void {
  if (values instanceof tf.Tensor) {
    if (!values.isDisposed) values.dispose();
  } else if (Array.isArray(values)) values.forEach(disposeAll);
}
