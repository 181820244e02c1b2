import type {ByteSource} from '../source.ts';
import {onnxDtypes} from './dtypes.ts';
import {type OnnxTensor, readTensor} from './tensor.ts';
import {type WireField, WireReader} from './wire-read.ts';

/** An operation of a model's graph. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Names of values; an empty one is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** What of an operation does not flow through the graph; `graph` is that of a branch or loop, which is not read. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor | 'graph';

/** An input or output of a model. */
export interface OnnxValue {
  readonly name: string;
  /** Of its elements; missing where it is no tensor. */
  readonly dtype?: string;
  /** A name where a size is left open, −1 where it has none. */
  readonly shape?: readonly (number | string)[];
}

/** An ONNX model as it stands in its file. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** The version of each operator set: '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graphName: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

const mostItems = 1_000_000;
const mostListed = 65536;

/**
 * Reads an ONNX model: its graph is checked (each value is made once, before it is used; so there is no cycle), its tensors are read when they are asked
 * for. Format: onnx.proto of https://github.com/onnx/onnx
 * @throws RangeError naming what was expected and what the file has instead; before any room is made for what it claims
 */
export function readOnnx(source: ByteSource): OnnxModel {
  const reader = new WireReader(source);
  let [irVersion, producer] = [0, ''];
  let graph: WireField | undefined;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  for (const field of reader.fields(0, source.byteLength, 'the model')) {
    if (field.number === 1) irVersion = Number(reader.integer(field, "the model's IR version"));
    else if (field.number === 2) producer = reader.text(field, "the model's producer");
    else if (field.number === 7) graph = field;
    else if (field.number === 8) {
      const [domain, version] = pair(reader, field, 'an operator set');
      opsets.set(domain as string, Number(version));
    } else if (field.number === 14) {
      const [key, value] = pair(reader, field, "the model's metadata");
      metadata.set(key as string, value as string);
    }
  }
  if (!graph || irVersion < 1 || irVersion > 1000)
    throw new RangeError('Expected an ONNX model with an IR version and a graph, got neither; is it another kind of file?');
  return {irVersion, producer, opsets, metadata, ...readGraph(reader, graph)};
}

function readGraph(reader: WireReader, field: WireField): Pick<OnnxModel, 'graphName' | 'inputs' | 'outputs' | 'nodes' | 'initializers'> {
  let graphName = '';
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const sparse: string[] = [];
  for (const part of reader.fieldsOf(field, 'the graph')) {
    if (part.number === 1) nodes.push(readNode(reader, part, nodes.length));
    else if (part.number === 2) graphName = reader.text(part, "the graph's name");
    else if (part.number === 5) {
      const tensor = readTensor(reader, part, `tensor ${initializers.size}`);
      if (initializers.has(tensor.name)) throw new RangeError(`Expected names of tensors to be unique, got ${tensor.name} twice`);
      initializers.set(tensor.name, tensor);
    } else if (part.number === 11) inputs.push(readValue(reader, part, 'an input'));
    else if (part.number === 12) outputs.push(readValue(reader, part, 'an output'));
    else if (part.number === 15) sparse.push(...sparseNames(reader, part));
    if (sparse.length + nodes.length + initializers.size + inputs.length + outputs.length > mostItems)
      throw new RangeError(`Expected a graph of at most ${mostItems} nodes, tensors, inputs and outputs, got more`);
  }
  expectOrder({inputs, outputs, nodes, initializers}, sparse);
  return {graphName, inputs, outputs, nodes, initializers};
}

/** ONNX demands that nodes stand in the order of computation, and that each value has one name and one maker. */
function expectOrder(
  {inputs, outputs, nodes, initializers}: Pick<OnnxModel, 'inputs' | 'outputs' | 'nodes' | 'initializers'>,
  sparse: readonly string[],
): void {
  const made = new Set(['', ...sparse, ...initializers.keys(), ...inputs.map(({name}) => name)]);
  nodes.forEach((node, i) => {
    const title = `node ${node.name || i} (${node.op})`;
    const missing = node.inputs.find(name => !made.has(name));
    if (missing !== undefined)
      throw new RangeError(`Expected input ${missing} of ${title} to be made before it; the graph has a cycle, or lacks it`);
    for (const name of node.outputs) {
      if (name && made.has(name)) throw new RangeError(`Expected output ${name} of ${title} to be made once, got it twice`);
      made.add(name);
    }
  });
  const missing = outputs.find(({name}) => !made.has(name));
  if (missing) throw new RangeError(`Expected a node to make the model's output ${missing.name}, got none`);
}

/** Tensors that are stored sparsely are named by their values; they are not read, but nodes may take them. */
function sparseNames(reader: WireReader, field: WireField): string[] {
  const title = 'a sparse tensor';
  return [...reader.fieldsOf(field, title)].flatMap(part => (part.number === 1 ? [readTensor(reader, part, title).name] : []));
}

function readNode(reader: WireReader, field: WireField, index: number): OnnxNode {
  let [name, op, domain] = ['', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  const title = `node ${index}`;
  for (const part of reader.fieldsOf(field, title)) {
    if (part.number === 1) inputs.push(reader.text(part, `an input of ${title}`));
    else if (part.number === 2) outputs.push(reader.text(part, `an output of ${title}`));
    else if (part.number === 3) name = reader.text(part, `the name of ${title}`);
    else if (part.number === 4) op = reader.text(part, `the operator of ${title}`);
    else if (part.number === 7) domain = reader.text(part, `the domain of ${title}`);
    else if (part.number === 5) {
      const [key, value] = readAttribute(reader, part, title);
      attributes.set(key, value);
    }
    if (inputs.length + outputs.length + attributes.size > mostListed)
      throw new RangeError(`Expected ${title} to have at most ${mostListed} inputs, outputs and attributes, got more`);
  }
  if (!op) throw new RangeError(`Expected ${title} to have an operator, got none; the file is damaged`);
  return {name, op, domain, inputs, outputs, attributes};
}

function readAttribute(reader: WireReader, field: WireField, owner: string): [name: string, value: OnnxAttribute] {
  let name = '';
  let value: OnnxAttribute | undefined;
  const numbers: number[] = [];
  const texts: string[] = [];
  const title = `an attribute of ${owner}`;
  for (const part of reader.fieldsOf(field, title)) {
    if (part.number === 1) name = reader.text(part, title);
    else if (part.number === 2) value = reader.float(part, title);
    else if (part.number === 3) value = Number(reader.integer(part, title));
    else if (part.number === 4) value = reader.text(part, title);
    else if (part.number === 5) value = readTensor(reader, part, title);
    else if (part.number === 6 || part.number === 11) value = 'graph';
    else if (part.number === 7) numbers.push(...floatsOf(reader, part, title));
    else if (part.number === 8) for (const number of reader.integers(part, title)) numbers.push(Number(number));
    else if (part.number === 9) texts.push(reader.text(part, title));
    if (numbers.length + texts.length > mostListed)
      throw new RangeError(`Expected ${title} to have at most ${mostListed} values, got more`);
  }
  return [name, value ?? (texts.length ? texts : numbers)];
}

function floatsOf(reader: WireReader, field: WireField, title: string): readonly number[] {
  if (field.type === 'fixed32') return [reader.float(field, title)];
  if (field.type !== 'bytes' || field.length % 4 !== 0 || field.length > 4 * mostListed)
    throw new RangeError(`Expected ${title} to be a list of at most ${mostListed} numbers of 4 bytes, got ${field.length} bytes`);
  return [...new Float32Array(reader.source.read(field.at, field.length).buffer)];
}

function readValue(reader: WireReader, field: WireField, title: string): OnnxValue {
  let name = '';
  let type: Omit<OnnxValue, 'name'> = {};
  for (const part of reader.fieldsOf(field, title)) {
    if (part.number === 1) name = reader.text(part, `the name of ${title}`);
    if (part.number === 2) for (const kind of reader.fieldsOf(part, title)) if (kind.number === 1) type = tensorType(reader, kind, title);
  }
  return {name, ...type};
}

function tensorType(reader: WireReader, field: WireField, title: string): Omit<OnnxValue, 'name'> {
  let dtype = '?';
  let shape: (number | string)[] | undefined;
  for (const part of reader.fieldsOf(field, title)) {
    if (part.number === 1) {
      const id = reader.integer(part, `the type of ${title}`);
      dtype = onnxDtypes.find(({id: known}) => BigInt(known) === id)?.name ?? `type ${id}`;
    } else if (part.number === 2) {
      shape = [];
      for (const dimension of reader.fieldsOf(part, title)) {
        let size: number | string = -1;
        for (const kind of reader.fieldsOf(dimension, title)) {
          if (kind.number === 1) size = Number(reader.integer(kind, `a size of ${title}`));
          if (kind.number === 2) size = reader.text(kind, `a size of ${title}`);
        }
        shape.push(size);
        if (shape.length > mostListed) throw new RangeError(`Expected ${title} to have at most ${mostListed} dimensions, got more`);
      }
    }
  }
  return {dtype, ...(shape && {shape})};
}

/** Two fields: a text, and a text or a number. */
function pair(reader: WireReader, field: WireField, title: string): [first: string, second: string | bigint] {
  let first = '';
  let second: string | bigint = '';
  for (const part of reader.fieldsOf(field, title)) {
    if (part.number === 1) first = reader.text(part, title);
    if (part.number === 2) second = part.type === 'varint' ? reader.integer(part, title) : reader.text(part, title);
  }
  return [first, second];
}
