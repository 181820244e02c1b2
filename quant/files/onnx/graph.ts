import type {QParams} from '../../affine/qparams.ts';
import type {QTensor} from '../../affine/qtensor.ts';
import {slicesOf} from '../../affine/granularity.ts';
import {type Codes, pack} from '../../formats/packing.ts';
import type {QType} from '../../formats/qtype.ts';
import type {OnnxNodeContents, OnnxTensorContents} from './write.ts';

/** The steps of a graph as they come, each with a name of its own. */
export class GraphBuilder {
  readonly nodes: OnnxNodeContents[] = [];
  readonly initializers: OnnxTensorContents[] = [];
  private readonly names = new Set<string>();

  /** Adds an operation of one output, and gives that output's name. */
  node(op: string, inputs: readonly string[], label: string, attributes: OnnxNodeContents['attributes'] = {}): string {
    return this.nodeOf(op, inputs, label, 1, attributes)[0]!;
  }

  nodeOf(op: string, inputs: readonly string[], label: string, outputs: number, attributes: OnnxNodeContents['attributes'] = {}): string[] {
    const name = this.unique(`${label}/${op}`);
    const made = Array.from({length: outputs}, (_, i) => (i ? `${name}:${i}` : name));
    this.nodes.push({op, name, inputs, outputs: made, attributes});
    return made;
  }

  floats(label: string, values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.constant(label, 'FLOAT', shape, new Uint8Array(Float32Array.from(values).buffer));
  }

  int32s(label: string, values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.constant(label, 'INT32', shape, new Uint8Array(Int32Array.from(values).buffer));
  }

  int64s(label: string, values: readonly number[]): string {
    return this.constant(label, 'INT64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** Integers of a quantized type, in the narrowest type of ONNX that holds them. */
  integers(label: string, codes: ArrayLike<number>, shape: readonly number[], qtype: QType): string {
    const {dtype, bits} = containerOf(qtype);
    return this.constant(label, dtype, shape, pack(codes, bits));
  }

  private constant(label: string, dtype: string, shape: readonly number[], bytes: Uint8Array): string {
    const name = this.unique(label);
    this.initializers.push({name, dtype, shape, bytes});
    return name;
  }

  private unique(label: string): string {
    let name = label;
    for (let n = 2; this.names.has(name); n++) name = `${label}_${n}`;
    this.names.add(name);
    return name;
  }
}

/** The integer type of ONNX that a quantized type's codes are stored in. @throws RangeError beyond 16 bits */
export function containerOf({bits, signed}: QType): {readonly dtype: string; readonly bits: number} {
  const wide = bits <= 4 ? 4 : bits <= 8 ? 8 : 16;
  return {dtype: `${signed ? '' : 'U'}INT${wide}`, bits: wide};
}

/** A grid as constants of the graph. */
export interface GridNames {
  readonly qparams: QParams;
  readonly qtype: QType;
  readonly scale: string;
  readonly zeroPoint: string;
}

/** An activation on its way: its numbers, its codes, or both. */
export interface Flow {
  readonly rank: number;
  /** Where the channels are: TensorFlow has them last, ONNX's convolutions take them first. */
  readonly channels: 'last' | 'first';
  readonly float?: string;
  readonly codes?: string;
  /** What its codes mean, or would. */
  readonly grid?: GridNames;
}

/** A layer's weights as codes in the order of axes that ONNX takes. */
export interface KernelCodes {
  readonly codes: Codes;
  readonly shape: readonly number[];
  readonly quantized: QTensor;
  /** The axis of the scales; without it, there is one for all. */
  readonly axis?: number;
  /** Neighbours along `axis` that share a scale. */
  readonly blockSize?: number;
  /** Shape of the scales. */
  readonly scaleShape: readonly number[];
}

/** What ONNX's axes are made of: axis i is the kernel's axis order[i]. */
export function arranged(quantized: QTensor, order: readonly number[]): KernelCodes {
  const {shape, granularity, scales} = quantized;
  const {codes, shape: arrangedShape} = transposed(quantized.codes(), shape, order);
  const common = {codes, shape: arrangedShape, quantized};
  if (granularity.per === 'tensor') return {...common, scaleShape: []};
  if (granularity.per === 'axis') {
    const axis = order.indexOf(granularity.axis < 0 ? granularity.axis + shape.length : granularity.axis);
    return {...common, axis, scaleShape: [scales.length]};
  }
  if (order.some((axis, i) => axis !== i))
    throw new RangeError(
      'Expected the weights of a convolution to have scales per tensor or per axis: ONNX has blocks along one axis only',
    );
  const axis = shape.length - 1;
  slicesOf(shape, granularity);
  return {...common, axis, blockSize: granularity.size, scaleShape: [...shape.slice(0, axis), shape[axis]! / granularity.size]};
}

/** Row-major values with their axes in another order. */
export function transposed<T extends Codes | Float32Array<ArrayBuffer>>(
  values: T,
  shape: readonly number[],
  order: readonly number[],
): {readonly codes: T; readonly shape: number[]} {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const newShape = order.map(axis => shape[axis]!);
  const out = values.slice() as T;
  const index = newShape.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    let from = 0;
    for (let axis = 0; axis < index.length; axis++) from += index[axis]! * strides[order[axis]!]!;
    out[i] = values[from]!;
    for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === newShape[axis]; axis--) index[axis] = 0;
  }
  return {codes: out, shape: newShape};
}
