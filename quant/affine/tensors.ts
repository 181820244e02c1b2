import {tf} from '../../backend/core.ts';
import {type Grid, type Quantization, quantize} from './quantize.ts';
import type {QTensor} from './qtensor.ts';

/** `quantize` of a float tensor of any shape; x is not disposed. @throws RangeError as `quantize` does, in the promise */
export async function quantizeTensor(x: tf.Tensor, options: Quantization | Grid): Promise<QTensor> {
  return quantize(await x.data<'float32'>(), x.shape, options);
}

/** scale · (code − zeroPoint) as a float32 tensor of the same shape, which the caller disposes. */
export function dequantizeTensor(quantized: QTensor): tf.Tensor {
  return tf.tensor(quantized.dequantize(), [...quantized.shape]);
}
