import {expect, test} from 'vitest';
import {loadCpu} from './cpu.ts';

const {tf} = await loadCpu();

test('a product of matrices is the sum over the inner axis, on the fast path and on the general one', () => {
  const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const b = tf.tensor2d([1, -1, 0.5, 2, -3, 0], [3, 2]);
  const product = [-7, 3, -11.5, 6]; // row 0: 1·1 + 2·0.5 − 3·3, −1·1 + 2·2 + 0
  expect([...a.matMul(b).dataSync()]).toEqual(product);
  expect([...a.transpose().matMul(b, true).dataSync()]).toEqual(product);
  expect([...a.expandDims(0).matMul(b.expandDims(0)).dataSync()]).toEqual(product);
  expect(a.matMul(b).shape).toEqual([2, 2]);
});

test('arithmetic is by element, with a number, with a row, and keeps integers', () => {
  const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const b = tf.tensor2d([2, 4, -1, 0], [2, 2]);
  expect([...a.add(b).dataSync()]).toEqual([3, 6, 2, 4]);
  expect([...a.sub(b).dataSync()]).toEqual([-1, -2, 4, 4]);
  expect([...a.mul(b).dataSync()]).toEqual([2, 8, -3, 0]);
  expect([...a.div(b).dataSync()]).toEqual([0.5, 0.5, -3, Infinity]);
  expect([...a.mul(0.5).dataSync()]).toEqual([0.5, 1, 1.5, 2]);
  expect([...tf.sub(1, a).dataSync()]).toEqual([0, -1, -2, -3]);
  expect([...a.add(tf.tensor1d([10, 20])).dataSync()]).toEqual([11, 22, 13, 24]);
  const whole = tf.tensor1d([7, -7], 'int32').mul(tf.scalar(2, 'int32'));
  expect([whole.dtype, ...whole.dataSync()]).toEqual(['int32', 14, -14]);
});

test('gradients go through products and arithmetic', () => {
  const x = tf.tensor2d([1, 2], [1, 2]);
  const w = tf.tensor2d([3, 4], [2, 1]);
  const [dx, dw] = tf.grads((a, b) =>
    a!
      .matMul(b! as typeof w)
      .mul(2)
      .div(4)
      .sum(),
  )([x, w]);
  expect([...dx!.dataSync(), ...dw!.dataSync()]).toEqual([1.5, 2, 0.5, 1]);
});

test('shapes that do not fit are refused, and never computed with', () => {
  const a = tf.ones([2, 3]);
  expect(() => a.matMul(tf.ones([2, 3]))).toThrow('inner shapes (3) and (2)');
  expect(() => a.matMul(tf.ones([4, 2]))).toThrow('inner shapes (3) and (4)');
  for (const op of ['add', 'sub', 'mul', 'div'] as const) expect(() => a[op](tf.ones([2]))).toThrow('could not be broadcast');
});
