import type {Tensor, TypedArray} from '@tensorflow/tfjs-core';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Attribute, Binding, NativeBackend} from '../native.ts';
import type {GraphNode} from './record-ops.ts';

export interface Session {
  run(inputs: readonly Tensor[], feeds: readonly string[], fetches: readonly string[]): Tensor[];
  dispose(): void;
}

/** Hands nodes to TensorFlow as a graph of its own, by way of a saved model, which is what tfjs-node can load. */
export function loadGraph(native: NativeBackend, nodes: readonly GraphNode[]): Session {
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel(native.binding, nodes));
    const session = native.binding.loadSavedModel(folder, 'serve');
    return {
      run: (inputs, feeds, fetches) =>
        native.binding
          .runSavedModel(session, native.getInputTensorIds(inputs), feeds.join(), fetches.join())
          .map(made => native.createOutputTensor(made)),
      dispose: () => native.binding.deleteSavedModel(session),
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Messages of TensorFlow's protobufs, as tfjs-node has them compiled: setters only. */
interface Message {
  serializeBinary(): Uint8Array;
  getAttrMap(): {set(name: string, value: Message): void};
  readonly [method: `${'set' | 'add'}${string}`]: (value: unknown) => Message;
}

/** Whose meaning of the ops is meant: TensorFlow 2.9's, the oldest that the addon is built for. */
const producer = 1087;

function savedModel(binding: Binding, nodes: readonly GraphNode[]): Uint8Array {
  const proto = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as Record<string, new () => Message>;
  const make = (name: string): Message =>
    new (name.split('.').reduce((from, part) => from[part] as never, proto) as unknown as new () => Message)();
  const graph = make('GraphDef');
  const versions = make('VersionDef');
  versions['setProducer']!(producer);
  graph['setVersions']!(versions);
  for (const {name, op, inputs, attributes, type, values} of nodes) {
    const node = make('NodeDef');
    node['setName']!(name);
    node['setOp']!(op);
    node['setInputList']!([...inputs]);
    for (const attribute of attributes) node.getAttrMap().set(attribute.name, valueOf(attribute));
    if (type) {
      node.getAttrMap().set('dtype', set('setType', type.dtype));
      if (values) node.getAttrMap().set('value', set('setTensor', tensor(type, values)));
      else node.getAttrMap().set('shape', set('setShape', shape(type.shape)));
    }
    graph['addNode']!(node);
  }
  const info = make('MetaGraphDef.MetaInfoDef');
  info['addTags']!('serve');
  const meta = make('MetaGraphDef');
  meta['setMetaInfoDef']!(info);
  meta['setGraphDef']!(graph);
  const model = make('SavedModel');
  model['setSavedModelSchemaVersion']!(1);
  model['addMetaGraphs']!(meta);
  return model.serializeBinary();

  function set(setter: `set${string}`, value: unknown): Message {
    const message = make('AttrValue');
    message[setter]!(value);
    return message;
  }

  function valueOf({type, value}: Attribute): Message {
    const {TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE} = binding;
    const letter = new Map([
      [TF_ATTR_STRING, 'S'],
      [TF_ATTR_INT, 'I'],
      [TF_ATTR_FLOAT, 'F'],
      [TF_ATTR_BOOL, 'B'],
      [TF_ATTR_TYPE, 'Type'],
    ]).get(type);
    if (!letter) return set('setShape', shape(value as readonly number[]));
    const plain = letter === 'S' ? new TextEncoder().encode(value as string) : value;
    if (!Array.isArray(plain)) return set(`set${letter}`, plain);
    const list = make('AttrValue.ListValue');
    list[`set${letter}List`]!(plain);
    return set('setList', list);
  }

  function shape(sizes: readonly number[]): Message {
    const message = make('TensorShape');
    for (const size of sizes) {
      const dim = make('TensorShape.Dim');
      dim['setSize']!(size);
      message['addDim']!(dim);
    }
    return message;
  }

  function tensor(type: NonNullable<GraphNode['type']>, values: TypedArray): Message {
    const message = make('Tensor');
    message['setDtype']!(type.dtype);
    message['setTensorShape']!(shape(type.shape));
    message['setTensorContent']!(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return message;
  }
}
