import * as tf from '@tensorflow/tfjs-core';
import type {Attribute, NativeBackend} from '../../backend/native.ts';

/** scale · clip(round(x / scale), −2^(bits−1), 2^(bits−1) − 1), half to even, in one op; its inverse of the scale is fround(1 / scale). */
export function snapSigned(native: NativeBackend, x: tf.Tensor, scale: number, bits: number): tf.Tensor {
  const {TF_ATTR_INT, TF_ATTR_BOOL, TF_ATTR_STRING} = native.binding;
  const attributes = [
    floatType(native.binding),
    {name: 'num_bits', type: TF_ATTR_INT, value: bits},
    {name: 'signed_input', type: TF_ATTR_BOOL, value: true},
    {name: 'narrow_range', type: TF_ATTR_BOOL, value: false},
    {name: 'range_given', type: TF_ATTR_BOOL, value: true},
    {name: 'round_mode', type: TF_ATTR_STRING, value: 'HALF_TO_EVEN'},
    {name: 'axis', type: TF_ATTR_INT, value: -1},
  ];
  // The end that asks for the coarser grid decides: the lower one, of which the scale is an exact share; 0 asks for none.
  const range = [tf.scalar(-scale * 2 ** (bits - 1)), tf.scalar(0)];
  return native.executeMultipleOutputs('QuantizeAndDequantizeV4', attributes, [x, ...range], 1)[0]!;
}

/** dy where low ≤ x ≤ high, else 0, in one op. */
export function whereInside(native: NativeBackend, dy: tf.Tensor, x: tf.Tensor, low: number, high: number): tf.Tensor {
  const attributes = [floatType(native.binding), {name: 'axis', type: native.binding.TF_ATTR_INT, value: -1}];
  const [inside, ...ends] = native.executeMultipleOutputs(
    'QuantizeAndDequantizeV4Grad',
    attributes,
    [dy, x, tf.scalar(low), tf.scalar(high)],
    3,
  );
  tf.dispose(ends);
  return inside!;
}

function floatType({TF_ATTR_TYPE, TF_FLOAT}: NativeBackend['binding']): Attribute {
  return {name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT};
}
