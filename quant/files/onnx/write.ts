import {countElements} from '../../formats/shape.ts';
import {onnxBytes, onnxDtype} from './dtypes.ts';
import type {OnnxNode, OnnxValue} from './read.ts';
import {type Encoded, float32, integer, joined, nested, rawBytes, repeated, text} from './wire-write.ts';

/** Constant numbers to be written. */
export interface OnnxTensorContents {
  readonly name: string;
  /** As ONNX calls it: FLOAT, INT8, INT4. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Little-endian; of types of 4 bits two to a byte, the first in the lower half. */
  readonly bytes: Uint8Array;
}

/** An operation to be written. Whole numbers among the attributes are INT, others FLOAT: a FLOAT that is whole is given as {float}. */
export interface OnnxNodeContents extends Pick<OnnxNode, 'op' | 'inputs' | 'outputs'> {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | {readonly float: number}>>;
}

/** What an ONNX file is to hold: a graph. */
export interface OnnxContents {
  readonly graphName: string;
  readonly inputs: readonly Required<OnnxValue>[];
  readonly outputs: readonly Required<OnnxValue>[];
  readonly nodes: readonly OnnxNodeContents[];
  readonly initializers: readonly OnnxTensorContents[];
  readonly metadata?: ReadonlyMap<string, string>;
}

/** The version of ONNX's operators that models are written for: the first with 4-bit integers and blocks in QuantizeLinear. */
export const opset = 21;
const irVersion = 10;
const attributeTypes = {float: 1, integer: 2, text: 3, integers: 7} as const;

/** The bytes of an ONNX model, piece by piece. @throws RangeError where a tensor's bytes are not what its shape and type need, or all are too many */
export function* writeOnnx({graphName, inputs, outputs, nodes, initializers, metadata = new Map()}: OnnxContents): Generator<Uint8Array> {
  const graph = joined(
    repeated(nodes, node => nested(1, encodeNode(node))),
    text(2, graphName),
    repeated(initializers, tensor => nested(5, encodeTensor(tensor))),
    repeated(inputs, value => nested(11, encodeValue(value))),
    repeated(outputs, value => nested(12, encodeValue(value))),
  );
  if (graph.length >= 2 ** 31)
    throw new RangeError(
      `Expected a model of less than 2 GB, which is the most that ONNX's format holds in one file, got ${graph.length} bytes`,
    );
  const model = joined(
    integer(1, irVersion),
    text(2, 'snapgrid'),
    nested(7, graph),
    nested(8, joined(text(1, ''), integer(2, opset))),
    repeated(metadata, ([key, value]) => nested(14, joined(text(1, key), text(2, value)))),
  );
  yield* model.pieces;
}

function encodeNode({op, inputs, outputs, name = '', domain = '', attributes = {}}: OnnxNodeContents): Encoded {
  return joined(
    repeated(inputs, input => text(1, input)),
    repeated(outputs, output => text(2, output)),
    text(3, name),
    text(4, op),
    repeated(Object.entries(attributes), ([key, value]) => nested(5, encodeAttribute(key, value))),
    domain ? text(7, domain) : joined(),
  );
}

function encodeAttribute(key: string, value: NonNullable<OnnxNodeContents['attributes']>[string]): Encoded {
  const named = text(1, key);
  const typed = (type: keyof typeof attributeTypes, encoded: Encoded): Encoded => joined(named, encoded, integer(20, attributeTypes[type]));
  if (typeof value === 'string') return typed('text', text(4, value));
  if (Array.isArray(value))
    return typed(
      'integers',
      repeated(value as readonly number[], number => integer(8, number)),
    );
  if (typeof value === 'number' && Number.isInteger(value)) return typed('integer', integer(3, value));
  return typed('float', float32(2, typeof value === 'number' ? value : (value as {readonly float: number}).float));
}

function encodeTensor({name, dtype, shape, bytes}: OnnxTensorContents): Encoded {
  const type = onnxDtype(dtype);
  const needed = onnxBytes(type, countElements(shape));
  if (bytes.byteLength !== needed)
    throw new RangeError(`Expected ${needed} bytes for tensor ${name} of shape [${shape.join(', ')}] in ${dtype}, got ${bytes.byteLength}`);
  return joined(
    repeated(shape, size => integer(1, size)),
    integer(2, type.id),
    text(8, name),
    rawBytes(9, bytes),
  );
}

function encodeValue({name, dtype, shape}: Required<OnnxValue>): Encoded {
  const dimension = (size: number | string): Encoded => nested(1, typeof size === 'string' ? text(2, size) : integer(1, size));
  const tensor = joined(integer(1, onnxDtype(dtype).id), nested(2, repeated(shape, dimension)));
  return joined(text(1, name), nested(2, nested(1, tensor)));
}
