import {countElements} from '../../formats/shape.ts';
import type {ByteSource} from '../source.ts';
import {weightFileOf, type WeightView} from '../weight-views.ts';
import type {WeightFile} from '../weights.ts';
import {readOnnx, type OnnxModel, type OnnxNode} from './read.ts';
import type {OnnxTensor} from './tensor.ts';

/** What ONNX Runtime's quantizer calls the codes of tensor `w`: they are compared as `w`. */
const codesSuffix = '_quantized';

/** The constants of an ONNX model; codes that a DequantizeLinear makes numbers of are those numbers. */
export function openOnnx(source: ByteSource): WeightFile {
  const model = readOnnx(source);
  const constants = constantsOf(model);
  const views = new Map<string, WeightView>();
  const parts = new Set<OnnxTensor>();
  for (const node of model.nodes) {
    const found = codesOf(node);
    const [codes, scale, zeroPoint] = found ? found.names.map(name => constants.get(name)) : [];
    if (!found || !codes || !scale || (found.names[2] && !zeroPoint)) continue;
    const view = dequantizedView(found, {codes, scale, zeroPoint});
    views.set(view.name, view);
    for (const part of [codes, scale, zeroPoint]) if (part) parts.add(part);
  }
  for (const [name, tensor] of constants) {
    const {shape, dtype, byteLength} = tensor;
    if (!parts.has(tensor) && dtype.floats && !views.has(name))
      views.set(name, {name, shape, type: dtype.name, byteLength, blockSize: 1, floats: (from, to) => tensor.floats(from, to)});
  }
  return weightFileOf(source, views, {format: 'ONNX', metadata: describe(model)});
}

function constantsOf({initializers, nodes}: OnnxModel): ReadonlyMap<string, OnnxTensor> {
  const constants = new Map(initializers);
  for (const {op, outputs, attributes} of nodes) {
    const value = op === 'Constant' ? attributes.get('value') : undefined;
    if (typeof value === 'object' && 'dtype' in value) constants.set(outputs[0]!, value);
  }
  return constants;
}

/** Codes that a node takes: the names of them, their scales and zero points, and along which axis there are several. */
interface Codes {
  readonly names: readonly [codes: string, scale: string, zeroPoint: string];
  readonly node: string;
  /** −1 is the last. */
  readonly axis: number;
  readonly blockSize: number;
}

/** Where the operators have their weights: convolutions a scale for each of their first axis, products for each of their last. */
function codesOf({op, inputs, attributes, name: node}: OnnxNode): Codes | undefined {
  const attribute = (name: string, otherwise: number): number => Number(attributes.get(name) ?? otherwise);
  const at = (i: number): string => inputs[i] ?? '';
  const quantized = {names: [at(3), at(4), at(5)], node, blockSize: 0} as const;
  // These have no scales among their inputs: those behind them are found by name.
  const scaleName = `${at(1).endsWith(codesSuffix) ? at(1).slice(0, -codesSuffix.length) : at(1)}_scale`;
  const sums = {names: [at(1), scaleName, at(3)], node, blockSize: 0} as const;
  switch (op) {
    case 'DequantizeLinear':
      return {names: [at(0), at(1), at(2)], node, axis: attribute('axis', 1), blockSize: attribute('block_size', 0)};
    case 'QLinearConv':
      return {...quantized, axis: 0};
    case 'QLinearMatMul':
      return {...quantized, axis: -1};
    case 'QGemm':
      return {...quantized, axis: attribute('transB', 0) === 1 ? 0 : -1};
    case 'ConvInteger':
      return {...sums, axis: 0};
    case 'MatMulInteger':
      return {...sums, axis: -1};
    default:
      return undefined;
  }
}

interface Parts {
  readonly codes: OnnxTensor;
  readonly scale: OnnxTensor;
  readonly zeroPoint: OnnxTensor | undefined;
}

/** scale · (code − zeroPoint). @throws RangeError where the scales are not those of the shape */
function dequantizedView({names: [codesName], node, axis: axisGiven, blockSize}: Codes, {codes, scale, zeroPoint}: Parts): WeightView {
  const {shape, dtype} = codes;
  const axis = axisGiven < 0 ? axisGiven + shape.length : axisGiven;
  const scales = countElements(scale.shape);
  const isOne = scales === 1 && scale.shape.length <= 1;
  const along = shape[axis] ?? 0;
  const inner = countElements(shape.slice(axis + 1));
  const blocks = blockSize > 0 ? Math.ceil(along / blockSize) : along;
  const expected = blockSize > 0 ? countElements(shape.slice(0, axis)) * blocks * inner : along;
  if ((!isOne && (axis >= shape.length || scales !== expected)) || (zeroPoint && ![1, scales].includes(countElements(zeroPoint.shape))))
    throw new RangeError(
      `Expected ${expected} scales along axis ${axis} of [${shape.join(', ')}] for ${codesName} (node ${node}), got shape [${scale.shape.join(', ')}]`,
    );
  const sliceOf = (i: number): number => {
    if (isOne) return 0;
    const at = Math.floor(i / inner) % along;
    return blockSize > 0 ? (Math.floor(i / (inner * along)) * blocks + Math.floor(at / blockSize)) * inner + (i % inner) : at;
  };
  return {
    name: codesName.endsWith(codesSuffix) ? codesName.slice(0, -codesSuffix.length) : codesName,
    shape,
    type: `${dtype.name}${isOne ? '' : blockSize > 0 ? ` blocks of ${blockSize}` : ` × ${scales}`}`,
    byteLength: codes.byteLength + scale.byteLength + (zeroPoint?.byteLength ?? 0),
    blockSize: 1,
    floats: (from = 0, to = countElements(shape)) => {
      const [scaleValues, zeros] = [scale.floats(), zeroPoint?.floats() ?? [0]];
      const zeroOf = (slice: number): number => zeros[zeros.length === 1 ? 0 : slice]!;
      return codes.floats(from, to).map((code, i) => scaleValues[sliceOf(from + i)]! * (code - zeroOf(sliceOf(from + i))));
    },
  };
}

function describe({irVersion, producer, opsets, metadata, nodes, inputs, outputs}: OnnxModel): Map<string, string> {
  const counts = new Map<string, number>();
  for (const {op} of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  const values = (list: OnnxModel['inputs']): string =>
    list.map(({name, dtype, shape}) => `${name} ${dtype ?? ''}${shape ? ` [${shape.join(', ')}]` : ''}`).join(', ');
  return new Map([
    ['IR version', String(irVersion)],
    ...(producer ? [['producer', producer] as const] : []),
    ['operators', [...opsets].map(([domain, version]) => `${domain || 'ONNX'} ${version}`).join(', ')],
    ['inputs', values(inputs)],
    ['outputs', values(outputs)],
    ['nodes', [...counts].map(([op, count]) => `${count} ${op}`).join(', ')],
    ...metadata,
  ]);
}
