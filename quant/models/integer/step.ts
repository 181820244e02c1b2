import type {QTensor} from '../../affine/qtensor.ts';
import type {ActivationGrid} from './activation.ts';
import type {Factors} from './fixed-point.ts';
import type {WindowGeometry} from './windows.ts';

/** How int32 sums become codes: a fixed-point factor for each output channel, then the clamp that is also the ReLU. */
export interface Requantization {
  readonly grid: ActivationGrid;
  readonly factors: Factors;
  readonly low: number;
  readonly high: number;
}

interface Common {
  /** The path of the layer whose output it gives, `inner/dense`; of a second call with `#1`. What helps a layer has a name behind that: `dense/input`. */
  readonly name: string;
  /** Names of what it takes. */
  readonly inputs: readonly string[];
}

/** Dense, convolution or depthwise convolution. */
export interface LinearStep extends Common {
  readonly op: 'dense' | 'conv2d' | 'depthwise';
  /** Its codes; of a depthwise kernel [height, width, channels · multiplier]. */
  readonly kernel: QTensor;
  readonly multiplier: number;
  /** One for each output channel, in units of input scale · kernel scale / 2^sumShift. */
  readonly bias: Int32Array<ArrayBuffer>;
  /** Sums are shifted left by this, so that the bias is fine enough where the output's codes are finer than the sums. 0 nearly always. */
  readonly sumShift: number;
  readonly geometry: WindowGeometry | null;
  readonly inputScale: number;
  /** null gives float values: sum · input scale · kernel scale. */
  readonly output: Requantization | null;
}

/** Codes, or float values, to codes. */
export interface QuantizeStep extends Common {
  readonly op: 'quantize';
  /** Without factors, from float. */
  readonly output: Requantization;
}

export interface PoolStep extends Common {
  readonly op: 'maxPool' | 'averagePool';
  /** null takes all of height and width, which then are gone. */
  readonly geometry: WindowGeometry | null;
  /** Of an average: its factors are those of windows of 1, 2, … elements. Null gives float values, and is a maximum's. */
  readonly output: Requantization | null;
}

/**
 * A sum, or pieces one after the other along an axis. Each input has a factor: to the output's grid, of a sum to a grid that is finer than any input's
 * by 2^sumShift, from which one factor more leads to the output's. Null gives float values.
 */
export interface JoinStep extends Common {
  readonly op: 'add' | 'concatenate';
  readonly axis: number;
  readonly sumShift: number;
  readonly output: Requantization | null;
}

/** Moves values without a change: to a shape, without the batch, of which one length may be −1; or into zeros: [top, bottom, left, right]. */
export interface MoveStep extends Common {
  readonly op: 'reshape' | 'pad';
  readonly shape: readonly number[];
}

/** What is left in float, at the end of a model. */
export interface FloatStep extends Common {
  readonly op: 'float';
  readonly function: FloatFunction;
}

export type FloatFunction = 'linear' | 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'softmax';

/** One operation of an IntegerModel, with the integers that it computes with. */
export type IntegerStep = LinearStep | QuantizeStep | PoolStep | JoinStep | MoveStep | FloatStep;
