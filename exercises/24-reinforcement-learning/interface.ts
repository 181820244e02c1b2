/** A layer of the float policy: y = x · kernel + bias, with ReLU between the layers. */
export interface FloatLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs · outputs], row by row: the weight from input i to output j is kernel[i * outputs + j]. */
  readonly kernel: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
}

/**
 * A layer in integers: y[j] = scales[j] · (Σ q[i] · codes[i][j] + bias[j]), where q[i] is the int8 code of input i.
 * Every array is a real buffer: its byteLength is what it weighs.
 */
export interface IntegerLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs]: one step of each input's int8 grid, in the input's own unit; above zero. */
  readonly inputScales: Float32Array;
  /** [inputs · outputs], row by row: whole numbers from −qmax to qmax. */
  readonly codes: Int8Array;
  /** [outputs]: what 1 in the sum of an output is worth; above zero. */
  readonly scales: Float32Array;
  /** [outputs]: whole numbers in the unit of the sum. */
  readonly bias: Int32Array;
}

/** Environments side by side (lanes) that play a list of episodes. */
export interface CartBatch {
  /** [episodes · 4]: where each episode starts. */
  readonly starts: Float32Array;
  /** [episodes]: what each episode returned; −1 while it is not over. */
  readonly returns: Int32Array;
  /** The first episode that no lane has begun. */
  readonly next: number;
  /** [lanes]: the episode that each lane plays; −1 where there is none left for it. */
  readonly episode: Int32Array;
  /** [lanes]: how many pushes the pole has stood in this episode. */
  readonly pushes: Int32Array;
  /** [lanes · 4]: place, speed, angle, turning of each lane's cart. */
  readonly states: Float32Array;
}

/** `observed` [n · inputs]: what came into the layer. `bits`: of a weight's code. */
export type QuantizeLayer = (layer: FloatLayer, observed: Float32Array, bits: number) => IntegerLayer;
/** states [carts · inputs] → the push of each cart, 0 left or 1 right. */
export type Act = (layers: readonly IntegerLayer[], states: Float32Array) => Int32Array;
/** The batch after a push: `moved` [lanes · 4] are the carts' states now, `fallen` [lanes] is 1 where the pole is down. An episode ends after `limit` pushes. */
export type Settle = (batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number) => CartBatch;
/** The policy as the bytes that a device gets; codes take `bits` bits each. */
export type PackPolicy = (layers: readonly IntegerLayer[], bits: number) => Uint8Array;
