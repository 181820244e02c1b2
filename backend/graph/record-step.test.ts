import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, type BackendName, loadBackend} from '../index.ts';
import {recordStep} from './record-step.ts';

type Tensor = ReturnType<Backend['tf']['tensor']>;
let tf: Backend['tf'];
let name: BackendName;
beforeAll(async () => {
  ({tf, name} = await loadBackend());
});

/** A network of two layers, the same each time it is made, and one step of its training. */
function network(optimizer = tf.train.adam(0.01)): {variables: readonly Tensor[]; step: (x: Tensor, y: Tensor) => Tensor} {
  const weights = (shape: [number, number]): Tensor =>
    tf.tensor2d(
      Array.from({length: shape[0] * shape[1]}, (_, i) => Math.sin(i)),
      shape,
    );
  const [first, second] = [tf.variable(weights([6, 5])), tf.variable(weights([5, 2]))];
  const loss = (x: Tensor, y: Tensor): Tensor =>
    tf.losses.meanSquaredError(y, tf.matMul(tf.relu(tf.matMul(x as never, first as never)), second as never));
  return {
    variables: [first, second],
    step(x, y) {
      const {value, grads} = tf.variableGrads(() => loss(x, y) as ReturnType<typeof tf.scalar>, [first, second]);
      optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
      return value;
    },
  };
}

const batch = (rows: number, seed: number): [Tensor, Tensor] => [
  tf.tensor2d(
    Array.from({length: rows * 6}, (_, i) => Math.cos(i * seed)),
    [rows, 6],
  ),
  tf.tensor2d(
    Array.from({length: rows * 2}, (_, i) => Math.sin(i + seed)),
    [rows, 2],
  ),
];

test('a recorded step trains as the step itself does, other batches and a smaller one among them, and keeps no tensors', () => {
  const [one, other] = [network(), network()];
  const recorded = recordStep(other.step);
  const batches = Array.from({length: 12}, (_, i) => batch(i % 5 === 4 ? 3 : 8, i + 1));
  let tensors = 0;
  for (const [i, [x, y]] of batches.entries()) {
    const [loss, again] = [tf.tidy(() => one.step(x, y)), recorded(x, y)];
    expect(again.dataSync()[0]).toBeCloseTo(loss.dataSync()[0]!, 6);
    tf.dispose([loss, again]);
    if (i === 0) tensors = tf.memory().numTensors;
  }
  expect(tf.memory().numTensors).toBe(tensors);
  one.variables.forEach((variable, i) => {
    const values = other.variables[i]!.dataSync();
    variable.dataSync().forEach((value, k) => expect(values[k]).toBeCloseTo(value, 5));
  });
  recorded.dispose();
});

test('takes the rows of a table that an input names, others at each call, and trains them', () => {
  const make = () => {
    const table = tf.variable(
      tf.tensor2d(
        Array.from({length: 40}, (_, i) => Math.sin(i)),
        [10, 4],
      ),
    );
    const optimizer = tf.train.adam(0.1);
    const step = (rows: Tensor): Tensor => {
      const {value, grads} = tf.variableGrads(() => tf.mean(tf.square(tf.gather(table, rows as never))) as never, [table]);
      optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
      return value;
    };
    return {table, step};
  };
  const [one, other] = [make(), make()];
  const recorded = recordStep(other.step);
  // tfjs's WASM backend has no kernel for the gradient of a gather.
  if (name === 'wasm') {
    const rows = tf.tensor1d([0, 1], 'int32');
    for (const step of [one.step, recorded])
      expect(() => step(rows)).toThrow("Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'");
    tf.dispose(rows);
    return recorded.dispose();
  }
  let tensors = 0;
  for (let call = 0; call < 8; call++) {
    const rows = tf.tensor1d([call, 9 - call, (3 * call) % 10, 4], 'int32');
    const [loss, again] = [tf.tidy(() => one.step(rows)), recorded(rows)];
    expect(again.dataSync()[0]).toBeCloseTo(loss.dataSync()[0]!, 6);
    tf.dispose([rows, loss, again]);
    if (call === 0) tensors = tf.memory().numTensors;
  }
  expect(tf.memory().numTensors).toBe(tensors);
  other.table.dataSync().forEach((value, i) => expect(value).toBeCloseTo(one.table.dataSync()[i]!, 5));
  const outside = tf.tensor1d([0, 1, 2, 10], 'int32');
  expect(() => other.step(outside)).toThrow('the index value 10 is not in [0, 9]');
  if (name === 'tensorflow') expect(() => recorded(outside)).toThrow('= 10 is not in [0, 10)');
  recorded.dispose();
});

test('reads variables that were assigned outside, and is recorded again after dispose', () => {
  const factor = tf.variable(tf.scalar(2));
  const recorded = recordStep((x: Tensor) => tf.mul(x, factor));
  const times = (x: number): number => tf.tidy(() => recorded(tf.scalar(x)).dataSync()[0]!);
  expect([1, 2, 3, 4].map(times)).toEqual([2, 4, 6, 8]);
  factor.assign(tf.scalar(10));
  expect(times(5)).toBe(50);
  recorded.dispose();
  expect([1, 2, 3, 4].map(times)).toEqual([10, 20, 30, 40]);
  recorded.dispose();
});

test('tells tensors apart that share their data when it is recorded', () => {
  const start = tf.scalar(1);
  const [a, b] = [tf.variable(start), tf.variable(start)];
  const recorded = recordStep((x: Tensor, y: Tensor) => tf.add(tf.mul(x, a), tf.mul(tf.mul(y, b), 100)));
  for (let call = 0; call < 4; call++) expect(recorded(start, start).dataSync()[0]).toBe(101);
  a.assign(tf.scalar(3));
  expect(recorded(tf.scalar(5), tf.scalar(7)).dataSync()[0]).toBe(715);
  recorded.dispose();
});

describe('where TensorFlow computes', () => {
  test('the fourth call runs no line of the step', () => {
    let runs = 0;
    const recorded = recordStep((x: Tensor) => {
      runs++;
      return tf.square(x);
    });
    for (let call = 1; call <= 6; call++) expect(recorded(tf.scalar(call)).dataSync()[0]).toBe(call * call);
    expect(runs).toBe(name === 'tensorflow' ? 3 : 6);
    recorded.dispose();
  });

  test('refuses a step that makes other numbers each time, and one that reads', () => {
    if (name !== 'tensorflow') return;
    const random = recordStep((x: Tensor) => tf.add(x, tf.randomUniform([3])));
    const calls = (step: (x: Tensor) => Tensor) => (): void => {
      for (let call = 0; call < 4; call++) step(tf.zeros([3]));
    };
    expect(calls(random)).toThrow('Expected a step that does the same each time, got other ops or other numbers');
    const reading = recordStep((x: Tensor) => tf.mul(x, tf.sum(x).dataSync()[0]! > 0 ? 1 : 2));
    expect(calls(reading)).toThrow('Expected a step that leaves tensors unread');
    // What failed leaves TensorFlow as it was.
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });
});
