import {WrongAnswer} from '../../checking/types.ts';
import {dynamicCodes, multiply} from './inputs.ts';
import type {OnnxNode} from './interface.ts';

/** A value in a graph, as ONNX types it. */
export interface OnnxValue {
  readonly type: 'FLOAT' | 'INT8' | 'UINT8' | 'INT32';
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

type Run = (node: OnnxNode, inputs: readonly (OnnxValue | undefined)[]) => readonly OnnxValue[];

/** The operations that one linear layer needs, each as the standard defines it. */
const operations: Readonly<Record<string, Run>> = {
  DynamicQuantizeLinear: (node, [x]) => {
    const {shape, data} = typed(node, x, 'FLOAT');
    const {codes, scale, zeroPoint} = dynamicCodes(data);
    return [
      {type: 'UINT8', shape, data: codes},
      {type: 'FLOAT', shape: [], data: [scale]},
      {type: 'UINT8', shape: [], data: [zeroPoint]},
    ];
  },
  MatMulInteger: (node, [a, b, aZeroPoint, bZeroPoint]) => [
    {type: 'INT32', ...product(centred(typed(node, a, 'UINT8', 'INT8'), aZeroPoint), centred(typed(node, b, 'UINT8', 'INT8'), bZeroPoint))},
  ],
  MatMul: (node, [a, b]) => [{type: 'FLOAT', ...product(typed(node, a, 'FLOAT'), typed(node, b, 'FLOAT'))}],
  DequantizeLinear: (node, [x, scale, zeroPoint]) => {
    const steps = centred(typed(node, x, 'UINT8', 'INT8', 'INT32'), zeroPoint);
    const by = typed(node, scale, 'FLOAT');
    return [{type: 'FLOAT', ...broadcast(steps, by, (a, b) => a * b)}];
  },
  Cast: (node, [x]) => {
    if (node.attributes?.['to'] !== 1)
      throw new WrongAnswer(
        'Expected the attribute `to` of Cast to be 1, which is FLOAT in ONNX; the scales are FLOAT, so the sums must be',
      );
    return [{...typed(node, x, 'FLOAT', 'INT8', 'UINT8', 'INT32'), type: 'FLOAT'}];
  },
  Identity: (node, [x]) => [typed(node, x, 'FLOAT', 'INT8', 'UINT8', 'INT32')],
  Mul: (node, [a, b]) => elementwise(node, a, b, (x, y) => x * y),
  Add: (node, [a, b]) => elementwise(node, a, b, (x, y) => x + y),
};

/** Runs the nodes in their order and gives `output`. @throws WrongAnswer naming the node that cannot run, and why */
export function runGraph(nodes: readonly OnnxNode[], given: Readonly<Record<string, OnnxValue>>, output: string): OnnxValue {
  const values = new Map(Object.entries(given));
  nodes.forEach((node, i) => {
    const run = Object.hasOwn(operations, node.op) ? operations[node.op] : undefined;
    if (run === undefined)
      throw new WrongAnswer(
        `Expected node ${i} to be one of ${Object.keys(operations).join(', ')}, got ${JSON.stringify(node.op.slice(0, 40))}`,
      );
    const inputs = node.inputs.map(name => {
      if (name !== '' && !values.has(name))
        throw new WrongAnswer(
          `Node ${i} (${node.op}) reads a value that is neither given nor written by a node before it; nodes stand in the order in which they run`,
        );
      return values.get(name);
    });
    const results = run(node, inputs);
    node.outputs.forEach((name, k) => {
      if (values.has(name))
        throw new WrongAnswer(`Node ${i} (${node.op}) writes a value that is there already; every name is written once`);
      if (results[k]) values.set(name, results[k]);
    });
  });
  const result = values.get(output);
  if (result === undefined)
    throw new WrongAnswer('No node writes the layer’s output: the last one should write the name `y` of the names given');
  return result;
}

function typed({op}: OnnxNode, value: OnnxValue | undefined, ...types: readonly OnnxValue['type'][]): OnnxValue {
  if (value !== undefined && types.includes(value.type)) return value;
  throw new WrongAnswer(
    `${op} takes ${types.join(' or ')}, got ${value?.type ?? 'nothing'}${op === 'Mul' || op === 'Add' ? '; Cast makes FLOAT of INT32' : ''}`,
  );
}

function elementwise(node: OnnxNode, a: OnnxValue | undefined, b: OnnxValue | undefined, f: (x: number, y: number) => number): OnnxValue[] {
  const first = typed(node, a, 'FLOAT', 'INT32');
  return [{type: first.type, ...broadcast(first, typed(node, b, first.type), f)}];
}

type Numbers = Pick<OnnxValue, 'shape' | 'data'>;

function centred(value: OnnxValue, zeroPoint: OnnxValue | undefined): Numbers {
  const zero = zeroPoint?.data[0] ?? 0;
  return {shape: value.shape, data: Array.from(value.data, code => code - zero)};
}

function product(a: Numbers, b: Numbers): Numbers {
  const [rows, inner] = a.shape;
  const [inputs, columns] = b.shape;
  if (rows === undefined || inner === undefined || columns === undefined || inner !== inputs)
    throw new WrongAnswer(`Expected a product of [rows, n] and [n, columns], got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  return {shape: [rows, columns], data: multiply(a.data, b.data, [inner, columns])};
}

/** Shapes aligned at their last axis, as NumPy does: here a number, [n] or [rows, n] with either. */
function broadcast(a: Numbers, b: Numbers, f: (x: number, y: number) => number): Numbers {
  const [large, small] = a.data.length >= b.data.length ? [a, b] : [b, a];
  const fits = small.data.length === 1 || small.shape.every((n, i) => n === large.shape[large.shape.length - small.shape.length + i]);
  if (!fits) throw new WrongAnswer(`Expected shapes that go together, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  return {
    shape: large.shape,
    data: Array.from({length: large.data.length}, (_, i) => f(a.data[i % a.data.length]!, b.data[i % b.data.length]!)),
  };
}
