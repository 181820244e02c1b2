import * as tf from '@tensorflow/tfjs-core';
import {type Attribute, nativeBackend} from '../../backend/native.ts';

/** The codes of `fakeQuantTensorFlow`. */
export interface TensorFlowGrid {
  /** 2 to 16: 8 without it. */
  readonly bits?: number;
  /** Leaves the lowest code out, so that the range can be symmetric. */
  readonly narrowRange?: boolean;
}

/**
 * TensorFlow's fake quantization, which Keras models that were trained with TFMOT carry: the range min … max is moved until zero is a code, rounding is
 * half up, and the gradient passes where x lies inside the moved range. `fakeQuantize` has PyTorch's meaning of all three.
 * Runs as TensorFlow's own op where TensorFlow is loaded, else composed of others, to the same bits. Min and max get gradients too.
 * @param min a scalar, or [channels] for one range to each index of x's last axis; at most 0
 * @param max shaped like min; at least 0
 * @throws RangeError outside 2 to 16 bits, or where min and max are not shaped alike
 * @see tf.quantization.fake_quant_with_min_max_vars, …_per_channel
 */
export function fakeQuantTensorFlow<T extends tf.Tensor>(x: T, min: tf.Tensor, max: tf.Tensor, grid: TensorFlowGrid = {}): T {
  const {bits = 8, narrowRange = false} = grid;
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) throw new RangeError(`Expected 2 to 16 bits, got ${bits}`);
  if (min.rank > 1 || min.shape[0] !== max.shape[0] || min.rank !== max.rank || (min.rank === 1 && min.shape[0] !== x.shape.at(-1)))
    throw new RangeError(
      `Expected min and max to be scalars, or [${x.shape.at(-1) ?? 1}] for the last axis of x, got [${min.shape.join()}] and [${max.shape.join()}]`,
    );
  const kernel = nativeKernel() ?? composedKernel;
  // Where no gradient is asked for, recording one would take a third of the call on TensorFlow.
  if (!tf.engine().isTapeOn()) return tf.tidy(() => kernel.forward([x, min, max], {bits, narrowRange}) as T);
  const snap = tf.customGrad((x, min, max, save) => {
    const inputs = [x, min, max] as tf.Tensor[];
    (save as tf.GradSaveFunc)(inputs);
    return {
      value: kernel.forward(inputs, {bits, narrowRange}),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => kernel.backward(dy, saved, {bits, narrowRange}),
    };
  });
  return tf.tidy(() => snap(x, min, max) as T);
}

type Inputs = readonly tf.Tensor[];

interface Kernel {
  readonly forward: (inputs: Inputs, grid: Required<TensorFlowGrid>) => tf.Tensor;
  /** The gradients of x, min and max. */
  readonly backward: (dy: tf.Tensor, inputs: Inputs, grid: Required<TensorFlowGrid>) => tf.Tensor[];
}

function nativeKernel(): Kernel | undefined {
  const native = nativeBackend();
  if (!native) return undefined;
  const attributes = ({bits, narrowRange}: Required<TensorFlowGrid>): Attribute[] => [
    {name: 'num_bits', type: native.binding.TF_ATTR_INT, value: bits},
    {name: 'narrow_range', type: native.binding.TF_ATTR_BOOL, value: narrowRange},
  ];
  const nameFor = (min: tf.Tensor): string => `FakeQuantWithMinMaxVars${min.rank === 1 ? 'PerChannel' : ''}`;
  return {
    forward: (inputs, grid) => native.executeMultipleOutputs(nameFor(inputs[1]!), attributes(grid), [...inputs], 1)[0]!,
    backward: (dy, inputs, grid) => native.executeMultipleOutputs(`${nameFor(inputs[1]!)}Gradient`, attributes(grid), [dy, ...inputs], 3),
  };
}

const composedKernel: Kernel = {
  forward([x, min, max], grid) {
    const range = nudged(min!, max!, grid);
    const inverse = tf.reciprocal(range.scale);
    const zero = tf.floor(tf.add(tf.mul(tf.neg(range.min), inverse), 0.5));
    const clamped = tf.sub(tf.minimum(tf.maximum(x!, range.min), range.max), range.min);
    const codes = tf.floor(tf.add(tf.sub(tf.mul(clamped, inverse), zero), 0.5));
    // A range of nothing but zero gives zero.
    return tf.where(tf.broadcastTo(tf.equal(range.scale, 0), x!.shape), tf.zerosLike(x!), tf.mul(codes, range.scale));
  },
  backward(dy, [x, min, max], grid) {
    const range = nudged(min!, max!, grid);
    const axes = x!.shape.map((_, axis) => axis).slice(0, x!.rank - min!.rank);
    const where = (mask: tf.Tensor): tf.Tensor => tf.mul(dy, tf.cast(mask, 'float32'));
    const below = tf.less(x!, range.min);
    const above = tf.greater(x!, range.max);
    return [where(tf.logicalNot(tf.logicalOr(below, above))), tf.sum(where(below), axes), tf.sum(where(above), axes)];
  },
};

/** The range moved so that zero is a code: its scale and its ends, each shaped like min. */
function nudged(min: tf.Tensor, max: tf.Tensor, {bits, narrowRange}: Required<TensorFlowGrid>): Record<'scale' | 'min' | 'max', tf.Tensor> {
  const [qmin, qmax] = [narrowRange ? 1 : 0, 2 ** bits - 1];
  const scale = tf.div(tf.sub(max, min), qmax - qmin);
  const exact = tf.sub(qmin, tf.div(min, scale));
  // Rounded half up and clipped, which is the same: what is not negative has no other half.
  const zeroPoint = tf.clipByValue(tf.floor(tf.add(exact, 0.5)), qmin, qmax);
  return {scale, min: tf.mul(tf.sub(qmin, zeroPoint), scale), max: tf.mul(tf.sub(qmax, zeroPoint), scale)};
}
