import type {KernelFunc, TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import {tf} from './core.ts';
import type {Storage} from './mat-mul.ts';

type Loop = (a: TypedArray, b: TypedArray, step: 0 | 1, out: Float32Array) => void;

/**
 * One loop per operation, for tensors of one shape and for a tensor and a number. The CPU backend shares one loop among all of them, and V8
 * throws away what it compiled for one operation, or one kind of array, when the next comes.
 */
const loops: Readonly<Record<string, Loop>> = {
  Add(a, b, step, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! + b[i * step]!;
  },
  Sub(a, b, step, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! - b[i * step]!;
  },
  Multiply(a, b, step, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! * b[i * step]!;
  },
  RealDiv(a, b, step, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! / b[i * step]!;
  },
};

/** Puts the loops in the place of the CPU backend's own kernels, which do what is left: other dtypes, other shapes. The results are the same. */
export function registerArithmetic(): void {
  for (const [kernelName, loop] of Object.entries(loops)) {
    const general = tf.getKernel(kernelName, 'cpu').kernelFunc;
    const kernelFunc: KernelFunc = given => {
      const {a, b} = given.inputs as {a: TensorInfo; b: TensorInfo};
      const alike = a.shape.length === b.shape.length && a.shape.every((n, axis) => n === b.shape[axis]);
      if (a.dtype !== 'float32' || b.dtype !== 'float32' || !(alike || b.shape.length === 0)) return general(given);
      const {data, makeTensorInfo} = given.backend as unknown as Storage;
      const [left, right] = [data.get(a.dataId).values, data.get(b.dataId).values];
      const out = new Float32Array(left.length);
      loop(left, right, alike ? 1 : 0, out);
      return makeTensorInfo.call(given.backend, a.shape, 'float32', out);
    };
    tf.unregisterKernel(kernelName, 'cpu');
    tf.registerKernel({kernelName, backendName: 'cpu', kernelFunc});
  }
}
