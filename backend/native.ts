import type {Tensor, TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import {tf} from './core.ts';

/** What tfjs-node's backend has beside tfjs's interface. */
export interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  getDTypeInteger(dtype: TensorInfo['dtype']): number;
  createOutputTensor(made: Made): Tensor;
  executeMultipleOutputs(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
}

/** tfjs-node's addon, where tensors are numbers. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  executeOp(op: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): readonly Made[];
  tensorDataSync(id: number): TypedArray;
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): readonly Made[];
  deleteSavedModel(session: number): void;
}

/** A tensor that an op has made. */
export interface Made {
  readonly id: number;
}

/** Of an op; `type` is one of the binding's TF_ATTR_…. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** TensorFlow's own ops, where it is what computes. */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : undefined;
}
