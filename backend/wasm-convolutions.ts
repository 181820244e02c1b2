import type {Conv2DAttrs, KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import {tf} from './core.ts';

const kernels = ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'];

/**
 * Mends convolutions of tfjs's WASM backend: with `same` padding and a stride, those whose filter has one column and several rows come out as sums of other
 * pixels than on every other backend. Filters shorter than the stride get their padding in numbers, which the backend takes as they are; all else stays.
 */
export function mendConvolutions(): void {
  for (const kernelName of kernels) {
    const {kernelFunc: general, ...kernel} = tf.getKernel(kernelName, 'wasm');
    const kernelFunc: KernelFunc = given => {
      const {x, filter} = given.inputs as {x: TensorInfo; filter: TensorInfo};
      const attrs = given.attrs as unknown as Conv2DAttrs;
      const strides = pair(attrs.strides);
      const dilations = pair(attrs.dilations);
      const isShort = strides.some((stride, axis) => filter.shape[axis]! < stride);
      if (attrs.pad !== 'same' || !isShort || attrs.dataFormat === 'NCHW') return general(given);
      const {padInfo} = tf.backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        filter.shape as [number, number, number, number],
        strides,
        dilations,
        'same',
        undefined,
        kernelName.includes('Depthwise'),
      );
      const {top, bottom, left, right} = padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return general({...given, attrs: {...given.attrs, pad}});
    };
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({...kernel, kernelFunc});
  }
}

function pair(value: number | readonly number[] | null | undefined): [number, number] {
  return typeof value === 'number' ? [value, value] : [value?.[0] ?? 1, value?.[1] ?? 1];
}
