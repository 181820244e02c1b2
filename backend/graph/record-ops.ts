import type {Tensor, TensorInfo, TypedArray, Variable} from '@tensorflow/tfjs-core';
import {tf} from '../core.ts';
import type {Attribute, NativeBackend} from '../native.ts';
import {withGatherUnread} from './gather.ts';

/** One op of a graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of other nodes, with `:1` for their second output. */
  readonly inputs: readonly string[];
  readonly attributes: readonly Attribute[];
  /** Of what is fed, and of constants. */
  readonly type?: {readonly dtype: number; readonly shape: readonly number[]};
  readonly values?: TypedArray;
}

export interface Recording {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Pick<Tensor, 'shape' | 'dtype'>[];
  readonly read: readonly Variable[];
  readonly assigned: readonly Variable[];
  /** Nodes for the inputs, then for the variables that are read. */
  readonly feeds: readonly string[];
  /** Nodes of the result, then of what the variables are assigned. */
  readonly fetches: readonly string[];
  readonly result: Tensor;
}

/** Runs a step and keeps every op that TensorFlow runs for it. @throws Error where the step reads what an op has made */
export function recordOps(native: NativeBackend, step: (inputs: readonly Tensor[]) => Tensor, given: readonly Tensor[]): Recording {
  const variables = Object.values(tf.engine().state.registeredVariables) as Variable[];
  let recording: Recording | undefined;
  tf.tidy(() => {
    // Each gets a number of its own: of what shares one with another, a record could not tell which is meant.
    for (const variable of variables) variable.assign(identity(native, variable));
    const inputs = given.map(tensor => identity(native, tensor));
    recording = record(native, step, inputs, variables);
    return recording.result;
  });
  return recording!;
}

function record(
  native: NativeBackend,
  step: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  variables: readonly Variable[],
): Recording {
  const {binding, getInputTensorIds} = native;
  const nodes: GraphNode[] = [];
  const add = (node: Partial<GraphNode> & Pick<GraphNode, 'op'>): string => {
    const name = `n${nodes.length}`;
    nodes.push({name, inputs: [], attributes: [], ...node});
    return name;
  };
  /** By the number of TensorFlow's tensor: which output of which node it is; what tfjs knows of it. */
  const outputs = new Map<number, string>();
  const infos = new Map<number, TensorInfo>();
  const idOf = (tensor: TensorInfo): number => native.getInputTensorIds([tensor])[0]!;
  const typeOf = ({dtype, shape}: TensorInfo): NonNullable<GraphNode['type']> => ({dtype: native.getDTypeInteger(dtype), shape});
  native.getInputTensorIds = tensors => {
    const ids = getInputTensorIds.call(native, tensors);
    ids.forEach((id, i) => infos.set(id, tensors[i]!));
    return ids;
  };
  const feeds = inputs.map(input => {
    const name = add({op: 'Placeholder', type: typeOf(input)});
    outputs.set(idOf(input), name);
    return name;
  });
  const before = new Map(variables.map(variable => [idOf(variable), variable]));
  const read: Variable[] = [];
  const sourceOf = (id: number): string => {
    const known = outputs.get(id);
    if (known) return known;
    const variable = before.get(id);
    const type = typeOf(infos.get(id)!);
    const name = variable ? add({op: 'Placeholder', type}) : add({op: 'Const', type, values: binding.tensorDataSync(id)});
    outputs.set(id, name);
    if (variable) {
      read.push(variable);
      feeds.push(name);
    }
    return name;
  };
  const recorder: Pick<typeof binding, 'executeOp' | 'tensorDataSync'> = {
    executeOp(op, attributes, ids, count) {
      const name = add({op, inputs: ids.map(sourceOf), attributes});
      const made = binding.executeOp(op, attributes, ids, count);
      made.forEach(({id}, i) => outputs.set(id, `${name}:${i}`));
      return made;
    },
    tensorDataSync(id) {
      if (!outputs.has(id) && !before.has(id)) return binding.tensorDataSync(id);
      throw new Error('Expected a step that leaves tensors unread, got one that reads values; give them back and read them outside.');
    },
  };
  native.binding = Object.create(binding, Object.getOwnPropertyDescriptors(recorder)) as typeof binding;
  try {
    const result = withGatherUnread(native, () => step(inputs));
    const assigned = variables.filter(variable => !variable.isDisposed && before.get(idOf(variable)) !== variable);
    // What is fed cannot be fetched as it is.
    const fetches = [result, ...assigned].map(tensor =>
      add({op: 'Identity', inputs: [sourceOf(idOf(tensor))], attributes: [typeAttribute(native, tensor)]}),
    );
    return {nodes, inputs: inputs.map(({shape, dtype}) => ({shape, dtype})), read, assigned, feeds, fetches, result};
  } finally {
    native.binding = binding;
    native.getInputTensorIds = getInputTensorIds;
  }
}

function identity(native: NativeBackend, tensor: Tensor): Tensor {
  return native.executeMultipleOutputs('Identity', [typeAttribute(native, tensor)], [tensor], 1)[0]!;
}

function typeAttribute(native: NativeBackend, {dtype}: Tensor): Attribute {
  return {name: 'T', type: native.binding.TF_ATTR_TYPE, value: native.getDTypeInteger(dtype)};
}

/** Whether two recordings are of the same ops on the same numbers. */
export function sameOps(a: readonly GraphNode[], b: readonly GraphNode[]): boolean {
  return (
    a.length === b.length &&
    a.every((node, i) => {
      const {values, ...rest} = node;
      const {values: otherValues, ...otherRest} = b[i]!;
      return (
        JSON.stringify(rest) === JSON.stringify(otherRest) && (!values || values.every((value, k) => Object.is(value, otherValues![k])))
      );
    })
  );
}
