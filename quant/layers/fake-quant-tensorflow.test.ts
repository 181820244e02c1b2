import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {fakeQuantTensorFlow} from './index.ts';

let tf: Backend['tf'];
let native = false;
beforeAll(async () => {
  const backend = await loadBackend();
  ({tf} = backend);
  native = backend.name === 'tensorflow';
});

describe('by hand', () => {
  test('moves the range until zero is a code, and rounds half up', () => {
    // −0.1 … 0.9 in 2 bits: scale 1/3, zero at code 0.3, so at 0: the range becomes 0 … 1.
    const y = fakeQuantTensorFlow(tf.tensor1d([-0.5, 0, 0.15, 1 / 6, 0.5, 5]), tf.scalar(-0.1), tf.scalar(0.9), {bits: 2});
    expect(Array.from(y.dataSync(), v => Math.round(v * 3))).toEqual([0, 0, 0, 1, 2, 3]);
  });

  test('passes the gradient inside the moved range, and what is clipped on to min and max', () => {
    const [x, min, max] = [tf.tensor1d([-0.5, 0, 0.5, 1, 1.1]), tf.scalar(-0.1), tf.scalar(0.9)];
    const gradients = tf.grads((x, min, max) => fakeQuantTensorFlow(x, min, max, {bits: 2}))([x, min, max], tf.tensor1d([1, 2, 4, 8, 16]));
    expect(gradients.map(gradient => Array.from(gradient.dataSync()))).toEqual([[0, 2, 4, 8, 0], [1], [16]]);
  });

  test('gives zero for a range of zero', () => {
    expect(Array.from(fakeQuantTensorFlow(tf.tensor1d([-1, 0, 2]), tf.scalar(0), tf.scalar(0)).dataSync(), v => v + 0)).toEqual([0, 0, 0]);
  });
});

describe("against TensorFlow's own op", () => {
  const settings = [2, 4, 8].flatMap(bits =>
    [false, true].flatMap(narrowRange => [false, true].map(perChannel => ({bits, narrowRange, perChannel}))),
  );

  test.each(settings)('the same bits, forward and backward: $bits bits, narrow $narrowRange, per channel $perChannel', async setting => {
    const {bits, narrowRange, perChannel} = setting;
    const draw = new Draw(`fake-quant ${bits}`);
    const x = draw.tensor([50, 4], () => draw.normal(0, 1)).data as Float32Array;
    const dy = draw.tensor([50, 4], () => draw.normal(0, 1)).data as Float32Array;
    const ranges = Array.from({length: perChannel ? 4 : 1}, () => [-draw.uniform(0.1, 2), draw.uniform(0.1, 2)] as const);
    const run = (): number[][] => {
      const tensors = tf.tidy(() => {
        const [min, max] = [0, 1].map(end => (perChannel ? tf.tensor1d(ranges.map(range => range[end]!)) : tf.scalar(ranges[0]![end]!)));
        const snap = (x: Tensor, min: Tensor, max: Tensor): Tensor => fakeQuantTensorFlow(x, min, max, {bits, narrowRange});
        const input = tf.tensor2d(x, [50, 4]);
        return [snap(input, min!, max!), ...tf.grads(snap)([input, min!, max!], tf.tensor2d(dy, [50, 4]))];
      });
      return tensors.map(tensor => Array.from(tensor.dataSync(), value => value + 0));
    };
    const here = run();
    if (native) await tf.setBackend('cpu');
    const composed = run();
    if (native) await tf.setBackend('tensorflow');
    expect(here.slice(0, 2)).toEqual(composed.slice(0, 2));
    // Sums of float32 numbers, in another order.
    for (const at of [2, 3]) here[at]!.forEach((sum, i) => expect(sum).toBeCloseTo(composed[at]![i]!, 4));
  });
});

test('keeps no tensors but its result', () => {
  const [x, min, max] = [tf.tensor1d([1, 2]), tf.scalar(-1), tf.scalar(1)];
  const before = tf.memory().numTensors;
  fakeQuantTensorFlow(x, min, max).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('refuses what TensorFlow refuses', () => {
  const x = tf.zeros([2, 3]);
  expect(() => fakeQuantTensorFlow(x, tf.scalar(-1), tf.scalar(1), {bits: 1})).toThrow('Expected 2 to 16 bits, got 1');
  expect(() => fakeQuantTensorFlow(x, tf.zeros([2]), tf.zeros([2]))).toThrow(
    'Expected min and max to be scalars, or [3] for the last axis of x, got [2] and [2]',
  );
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
