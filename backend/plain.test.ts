import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {loadBackend} from './index.ts';
import {toPlain, toTensors} from './plain.ts';

beforeAll(() => loadBackend('cpu'));

describe('toTensors', () => {
  it('makes tensors of tensor data at any depth and leaves the rest', () => {
    const {x, rest} = toTensors({
      x: [{dtype: 'int32', shape: [2], data: Int32Array.of(3, 4)}],
      rest: {n: 1, s: 'a', u: undefined, z: null},
    }) as {x: tf.Tensor[]; rest: unknown};
    expect([...x[0]!.dataSync()]).toEqual([3, 4]);
    expect(x[0]!.dtype).toBe('int32');
    expect(rest).toEqual({n: 1, s: 'a', u: undefined, z: null});
    tf.dispose(x);
  });

  it('copies the values, so that a learner cannot change the data of a check', () => {
    const data = Float32Array.of(1, 2);
    const x = toTensors({dtype: 'float32', shape: [2], data}) as tf.Tensor;
    x.dataSync()[0] = 99;
    expect([...data]).toEqual([1, 2]);
    x.dispose();
  });
});

describe('toPlain', () => {
  it('is the inverse of toTensors for each dtype, empty shapes included', async () => {
    for (const data of [
      {dtype: 'float32', shape: [1, 3], data: Float32Array.of(0.5, NaN, -0)},
      {dtype: 'int32', shape: [], data: Int32Array.of(-7)},
      {dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0)},
      {dtype: 'float32', shape: [0, 4], data: new Float32Array(0)},
    ] as const) {
      const tensor = toTensors(data) as tf.Tensor;
      expect(await toPlain(tensor)).toEqual(data);
      tensor.dispose();
    }
  });

  it('keeps typed arrays, and gives a class instance as its own fields', async () => {
    class Quantized {
      codes = Int8Array.of(-128, 127);
      constructor(readonly scale: number) {}
      method(): void {}
    }
    expect(await toPlain(new Quantized(0.5))).toEqual({codes: Int8Array.of(-128, 127), scale: 0.5});
  });

  it('reads each getter once', async () => {
    let reads = 0;
    const value = Object.defineProperty({}, 'a', {enumerable: true, get: () => ++reads});
    expect(await toPlain(value)).toEqual({a: 1});
    expect(reads).toBe(1);
  });

  it('keeps a key named __proto__ a key', async () => {
    const plain = (await toPlain(JSON.parse('{"__proto__": {"a": 1}}'))) as object;
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.keys(plain)).toEqual(['__proto__']);
  });

  it('accepts the same object twice, but no cycle', async () => {
    const shared = {a: 1};
    expect(await toPlain([shared, shared])).toEqual([{a: 1}, {a: 1}]);
    const cycle: {self?: unknown} = {};
    cycle.self = cycle;
    await expect(toPlain(cycle)).rejects.toThrow(/contains itself at the value\.self/);
  });

  it('says what cannot leave, where it is and what to do', async () => {
    const disposed = tf.scalar(1);
    disposed.dispose();
    await expect(toPlain({w: [disposed]})).rejects.toThrow(/a disposed tensor at the value\.w\[0\]; return it from tf\.tidy/);
    await expect(toPlain([() => 1])).rejects.toThrow(/a function at the value\[0\]/);
    await expect(toPlain({x: Promise.resolve(1)})).rejects.toThrow(/a promise at the value\.x; await it/);
    await expect(toPlain(new Map())).rejects.toThrow(/a Map/);
    await expect(toPlain(10n)).rejects.toThrow(/a bigint/);
    let deep: unknown = 1;
    for (let i = 0; i < 40; i++) deep = [deep];
    await expect(toPlain(deep)).rejects.toThrow(/at most 32 levels/);
  });

  it('leaves the number of tensors as it was', async () => {
    const x = tf.ones([3]);
    const before = tf.memory().numTensors;
    await toPlain({x});
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
