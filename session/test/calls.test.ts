import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {TensorData} from '../wire/plain.ts';
import {result, sleep, stopAll, TestSession} from './start.ts';

let session: TestSession;
const f32 = (shape: number[], ...values: number[]): TensorData => ({dtype: 'float32', shape, data: Float32Array.from(values)});

beforeAll(async () => {
  session = new TestSession();
  await session.run(`
    import * as tf from '@tensorflow/tfjs-node-gpu';
    const add = (a: number, b: number): number => a + b;
    async function double(x: tf.Tensor) { return {y: tf.mul(x, 2), codes: Int8Array.of(1, -1)} }
    function bad(): never { throw new RangeError('bad input') }
    class Scaler { constructor(readonly scale: tf.Tensor) {} apply(x: tf.Tensor) { return tf.mul(x, this.scale) } get size() { return this.scale.size } }
    const square = (x: tf.Tensor, name: string, w: tf.Tensor) => tf.mul(tf.square(x), w);
    const forever = () => { for (;;) {} };
    const never = () => new Promise(() => {});
    const gone = () => { const t = tf.scalar(1); t.dispose(); return t };
    const count = () => tf.memory().numTensors;
    const weights = tf.tensor([1, 2]); const own = () => weights;`);
});
afterAll(stopAll);

describe('a call', () => {
  it('passes plain data and gives it back, awaited', async () => {
    expect(await session.value('add', 2, 3)).toBe(5);
    expect(await session.value('double', f32([2], 1, 2))).toEqual({y: f32([2], 2, 4), codes: Int8Array.of(1, -1)});
  });

  it('tells what the function threw, with its line', async () => {
    const called = await session.connection.call('bad', []);
    expect(called).toMatchObject({status: 'error', error: {name: 'RangeError', message: 'bad input'}});
    expect(called.status === 'error' && called.error.traceback.join('\n')).toContain('In [1]:5:');
  });

  it('of what is not declared, or no function, says so', async () => {
    expect(await session.value('missing')).toMatch(/Expected a cell to declare .* 'missing', found none/);
    expect(await session.value('weights')).toContain('found a object');
    expect(await session.value('1+1')).toContain('found none');
    expect(await session.value('gone')).toContain('disposed');
  });

  it('leaves no tensor behind, and does not dispose what the learner keeps', async () => {
    const before = await session.value('count');
    for (let i = 0; i < 5; i++) await session.value('double', f32([2], 1, 2));
    expect(await session.value('count')).toBe(before);
    await session.value('own');
    expect(await session.value('own')).toEqual(f32([2], 1, 2));
  });

  it('can be interrupted, in a loop and in a promise', async () => {
    for (const target of ['forever', 'never']) {
      const called = session.connection.call(target, []);
      await sleep(100);
      session.connection.interrupt();
      expect(await called).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
      expect(await session.value('add', 1, 1)).toBe(2);
    }
  });
});

describe('an instance', () => {
  it('is made, and its methods and fields answer', async () => {
    const handle = (await result(await session.connection.construct('Scaler', [f32([2], 2, 3)]))) as number;
    expect(result(await session.connection.invoke(handle, 'apply', [f32([2], 10, 10)]))).toEqual(f32([2], 20, 30));
    expect(result(await session.connection.invoke(handle, 'size', []))).toBe(2);
    expect(result(await session.connection.invoke(handle, 'nothing', []))).toContain("a member 'nothing'");
    expect(result(await session.connection.invoke(99, 'apply', []))).toContain('handle');
  });
});

describe('a gradient', () => {
  it('is that of sum(f · dy), for the tensors asked for', async () => {
    const args = [f32([2], 1, 2), 'name', f32([2], 3, 4)];
    expect(result(await session.connection.gradient('square', args, [0, 2], f32([2], 1, 10)))).toEqual([f32([2], 6, 160), f32([2], 1, 40)]);
    expect(result(await session.connection.gradient('square', args, [1], f32([2], 1, 1)))).toContain('argument 1 of square to be a tensor');
    expect(result(await session.connection.gradient('never', [f32([1], 1)], [0], f32([1], 1)))).toContain('must not be async');
  });
});
