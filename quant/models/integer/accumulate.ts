import {countElements} from '../../formats/shape.ts';
import {forEachInWindows, type WindowGeometry, windowPlaces} from './windows.ts';

/** int32 sums of products of levels (codes less their zero point), row-major. */
export interface Sums {
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

/** What a layer multiplies by: its kernel's codes, row-major. */
export interface KernelCodes {
  readonly shape: readonly number[];
  readonly codes: ArrayLike<number>;
}

/** x [..., inputs] · kernel [inputs, units] → [..., units] */
export function multiply(x: Int32Array, shape: readonly number[], {shape: [inputs, units], codes}: KernelCodes): Sums {
  const rows = x.length / inputs!;
  const data = new Int32Array(rows * units!);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < inputs!; i++) addProducts(data, row * units!, x[row * inputs! + i]!, codes, i * units!, units!);
  return {shape: [...shape.slice(0, -1), units!], data};
}

/** x [batch, height, width, channels], kernel [height, width, channels, filters] → [batch, height′, width′, filters]. What is padded is level 0. */
export function convolve(x: Int32Array, shape: readonly number[], {shape: kernel, codes}: KernelCodes, geometry: WindowGeometry): Sums {
  const [, , channels, filters] = kernel as [number, number, number, number];
  const data = new Int32Array(countElements(windowPlaces(shape, geometry)) * filters);
  forEachInWindows(shape, geometry, (window, element, tap) => {
    for (let c = 0; c < channels; c++)
      addProducts(data, window * filters, x[element * channels + c]!, codes, (tap * channels + c) * filters, filters);
  });
  return {shape: [...windowPlaces(shape, geometry), filters], data};
}

/** x [batch, height, width, channels], kernel [height, width, channels, multiplier] → [batch, height′, width′, channels · multiplier] */
export function convolveDepthwise(
  x: Int32Array,
  shape: readonly number[],
  {shape: kernel, codes}: KernelCodes,
  geometry: WindowGeometry,
): Sums {
  const [, , channels, multiplier] = kernel as [number, number, number, number];
  const outputs = channels * multiplier;
  const data = new Int32Array(countElements(windowPlaces(shape, geometry)) * outputs);
  forEachInWindows(shape, geometry, (window, element, tap) => {
    for (let output = 0; output < outputs; output++)
      data[window * outputs + output]! += x[element * channels + Math.floor(output / multiplier)]! * codes[tap * outputs + output]!;
  });
  return {shape: [...windowPlaces(shape, geometry), outputs], data};
}

/** A function of its own: V8 compiles it after some calls, a loop within loops only much later. */
function addProducts(sums: Int32Array, at: number, factor: number, codes: ArrayLike<number>, from: number, count: number): void {
  if (factor === 0) return;
  for (let i = 0; i < count; i++) sums[at + i]! += factor * codes[from + i]!;
}
