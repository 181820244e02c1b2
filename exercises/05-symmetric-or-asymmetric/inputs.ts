import {postReluActivations} from '../../data/activations.ts';
import type {Draw} from '../../data/draw.ts';
import {chooseQParams} from '../../quant/affine/qparams.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {type QType, signed, unsigned} from '../../quant/formats/qtype.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {Grid, Scheme} from './interface.ts';

/** The reference's grid: made by the toolkit, never by the learner. Asymmetric codes begin at 0, symmetric ones are as many on both sides of it. */
export function referenceGrid(min: number, max: number, scheme: Scheme, bits: number): Grid {
  const qtype = scheme === 'symmetric' ? signed(bits) : unsigned(bits);
  const {qmin, qmax} = qtype;
  return {...chooseQParams(min, max, {qtype, scheme}), qmin: scheme === 'symmetric' ? -qmax : qmin, qmax};
}

/** The codes that the toolkit gives x on a grid of the learner's form. */
export function referenceCodes(x: TensorData, {scale, zeroPoint, qmin, qmax}: Grid): TensorData {
  const qtype: QType = {name: 'codes', bits: 9, qmin, qmax, signed: true};
  const codes = quantize(x.data, x.shape, {qtype, scales: [scale], zeroPoints: [zeroPoint]}).codes();
  return {dtype: 'int32', shape: x.shape, data: Int32Array.from(codes)};
}

/** A range whose zero point no rounding disputes: −min / scale is at least 0.15 away from the middle between two whole numbers, now above it, now below. */
export function twoSidedRange(draw: Draw, bits: number, above: boolean): readonly [min: number, max: number] {
  const steps = 2 ** bits - 1;
  const zero =
    draw.integer(Math.ceil(0.15 * steps), Math.floor(0.35 * steps)) + (above ? draw.uniform(0.65, 0.85) : draw.uniform(0.15, 0.35));
  const scale = Math.fround(draw.uniform(1, 9) / steps);
  return [-zero * scale, (steps - zero) * scale];
}

/** Grids of both schemes, of signed and unsigned codes, of 8 bits and of fewer; their scales are float32 numbers. */
export function assortedGrids(draw: Draw): Grid[] {
  const scale = (): number => Math.fround(draw.uniform(0.01, 0.2));
  return [
    {scale: scale(), zeroPoint: draw.integer(60, 200), qmin: 0, qmax: 255},
    {scale: scale(), zeroPoint: -draw.integer(30, 100), qmin: -128, qmax: 127},
    {scale: scale(), zeroPoint: 0, qmin: -127, qmax: 127},
    {scale: scale(), zeroPoint: draw.integer(3, 12), qmin: 0, qmax: 15},
  ];
}

/** The values that a grid covers, −scale · (zeroPoint − qmin) … scale · (qmax − zeroPoint). */
export function rangeOf({scale, zeroPoint, qmin, qmax}: Grid): readonly [min: number, max: number] {
  return [scale * (qmin - zeroPoint), scale * (qmax - zeroPoint)];
}

/** Values inside a grid's range, none within 1/20 of a step of the middle between two grid points, where ties and float32 would decide. */
export function clearOfTies(draw: Draw, shape: readonly number[], grid: Grid): TensorData {
  return draw.tensor(shape, d => grid.scale * (d.integer(grid.qmin, grid.qmax) - grid.zeroPoint + d.uniform(-0.45, 0.45)));
}

/** Activations behind a ReLU, with their range. */
export function activations(draw: Draw): {readonly x: TensorData; readonly max: number} {
  const x = postReluActivations({rows: 24, channels: 16, outlierChannels: 1, outlierFactor: draw.uniform(2, 6)}, draw);
  return {x, max: Math.max(...x.data)};
}

export function intTensor(shape: readonly number[], codes: readonly number[]): TensorData {
  return {dtype: 'int32', shape, data: Int32Array.from(codes)};
}
