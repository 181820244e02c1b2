import type {Tensor, Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/** A weight matrix as int8, one scale for each output: weight[i][j] ≈ scales[j] × codes[i][j]. */
export interface Int8Weight {
  /** [inputs, outputs], whole numbers from −127 to 127 (int32: tfjs has no int8 tensors). */
  readonly codes: Tensor2D;
  /** [outputs], all above zero. */
  readonly scales: Tensor1D;
}

/** y = x · weight + bias */
export interface Int8Layer extends Int8Weight {
  /** [outputs], float32 */
  readonly bias: Tensor1D;
}

/** A layer of a model that is plain data: what it is called, what it does, and which of the model's weights it uses. */
export interface Layer {
  /** `head`, or with its block before it: `block.3.up`. */
  readonly name: string;
  readonly kind: 'embedding' | 'norm' | 'linear' | 'dynamicLinear';
  /** A key of the model's `weights`. Layers with the same key share one tensor: they are tied. */
  readonly weight: string;
  /** A key of the model's `weights`; missing where the layer has no bias. */
  readonly bias?: string;
}

export interface Model {
  readonly layers: readonly Layer[];
  /** Each weight once, however many layers use it. A `dynamicLinear` layer's weight is an Int8Weight, everything else stays float32. */
  readonly weights: Readonly<Record<string, Tensor | Int8Weight>>;
}

/** One operation of an ONNX graph: it reads values by name and writes values by name. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number>>;
}

/** What the values of one linear layer are called in the graph. */
export interface LayerNames {
  /** Comes in: FLOAT [batch, inputs]. */
  readonly x: string;
  /** Stored: INT8 [inputs, outputs]. */
  readonly codes: string;
  /** Stored: FLOAT [outputs]. */
  readonly scales: string;
  /** Stored: FLOAT [outputs]. Missing where the layer has no bias. */
  readonly bias?: string;
  /** Goes out: FLOAT [batch, outputs]. */
  readonly y: string;
}

export type DynamicLinear = (x: Tensor2D, layer: Int8Layer) => Tensor2D;
export type ReplaceLayers = (layers: readonly Layer[], skip: readonly string[]) => Layer[];
export type QuantizeDynamic = (model: Model, skip: readonly string[]) => Model;
export type OnnxNodes = (names: LayerNames) => OnnxNode[];
