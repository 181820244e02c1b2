import type {FloatFunction, IntegerStep, LinearStep, Requantization} from './step.ts';

/** More than any real model has, and little enough that nothing large is made of a lie. */
const mostPadding = 256;
const mostWindow = 4096;

const floatFunctions: Readonly<Record<FloatFunction, true>> = {
  linear: true,
  relu: true,
  relu6: true,
  sigmoid: true,
  tanh: true,
  softmax: true,
};

/** Why a step that was read cannot be run; undefined where it can. Its kernel, bias and factors are arrays already. */
export function faultOf(step: IntegerStep): string | undefined {
  switch (step.op) {
    case 'dense':
    case 'conv2d':
    case 'depthwise':
      return linearFault(step);
    case 'quantize':
      return isRequantization(step.output, [0, 1]) ? undefined : 'its output';
    case 'maxPool':
      if (step.output !== null) return 'its output';
      return step.geometry === null || isGeometry(step.geometry) ? undefined : 'its geometry';
    case 'averagePool': {
      if (step.geometry !== null && !isGeometry(step.geometry)) return 'its geometry';
      const windows = step.geometry ? step.geometry.size[0] * step.geometry.size[1] : 1;
      return step.output === null || isRequantization(step.output, [windows]) ? undefined : 'its output';
    }
    case 'add':
    case 'concatenate': {
      if (!isWhole(step.axis, -8, 8)) return 'its axis';
      if (!isWhole(step.sumShift, 0, 20)) return 'its sumShift';
      const factors = step.inputs.length + (step.op === 'add' ? 1 : 0);
      return step.output === null || isRequantization(step.output, [factors]) ? undefined : 'its output';
    }
    case 'reshape': {
      const isShape = Array.isArray(step.shape) && step.shape.length <= 8 && step.shape.every(n => n === -1 || isWhole(n, 1, 2 ** 31));
      return isShape && step.shape.filter(n => n === -1).length <= 1 ? undefined : 'its shape';
    }
    case 'pad':
      return isWholes(step.shape, 4, 0, mostPadding) ? undefined : 'its shape';
    case 'float':
      return Object.hasOwn(floatFunctions, step.function) ? undefined : 'its function';
  }
}

function linearFault({op, kernel, multiplier, bias, sumShift, geometry, inputScale, output}: LinearStep): string | undefined {
  const channels = kernel.shape.at(-1)!;
  if (kernel.shape.length !== {dense: 2, conv2d: 4, depthwise: 3}[op] || kernel.size === 0 || kernel.qtype.bits > 8) return 'its kernel';
  if (kernel.scales.length !== 1 && kernel.scales.length !== channels) return "its kernel's scales";
  if (!isWhole(multiplier, 1, channels) || channels % multiplier !== 0) return 'its multiplier';
  if (bias.length !== channels) return 'its bias';
  if (!isWhole(sumShift, 0, 20)) return 'its sumShift';
  if (op === 'dense' ? geometry !== null : !isGeometry(geometry) || geometry.size.some((n, axis) => n !== kernel.shape[axis]))
    return 'its geometry';
  if (!isAbove0(inputScale)) return 'its inputScale';
  return output === null || isRequantization(output, [kernel.scales.length]) ? undefined : 'its output';
}

function isRequantization(value: unknown, factorCounts: readonly number[]): value is Requantization {
  const {grid, factors, low, high} = Object(value) as Partial<Requantization>;
  const {scale, zeroPoint, qtype} = Object(grid) as Partial<Requantization['grid']>;
  const {bits, qmin, qmax, signed} = Object(qtype) as Partial<Requantization['grid']['qtype']>;
  if (!isAbove0(scale) || typeof signed !== 'boolean' || !isWhole(bits, 2, 8)) return false;
  const least = signed ? -(2 ** (bits - 1)) : 0;
  if (!isWhole(qmin, least, least + 2 ** bits - 2) || !isWhole(qmax, qmin + 1, least + 2 ** bits - 1)) return false;
  if (!isWhole(zeroPoint, qmin, qmax) || !isWhole(low, qmin, qmax) || !isWhole(high, low, qmax)) return false;
  return factors !== undefined && factorCounts.includes(factors.length / 2) && factors.every(isFactorPart);
}

/** A multiplier, then its shift, in turn. */
function isFactorPart(part: number, i: number): boolean {
  return i % 2 === 0 ? part === 0 || part >= 2 ** 30 : isWhole(part, -31, 14);
}

function isGeometry(value: unknown): value is NonNullable<LinearStep['geometry']> {
  const {size, strides, dilation, padding} = Object(value) as Record<string, unknown>;
  return [size, strides, dilation].every(pair => isWholes(pair, 2, 1, mostWindow)) && (padding === 'same' || padding === 'valid');
}

function isWholes(value: unknown, length: number, least: number, most: number): boolean {
  return Array.isArray(value) && value.length === length && value.every(n => isWhole(n, least, most));
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isAbove0(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Infinity;
}
