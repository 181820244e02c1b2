import {tf} from '../../backend/core.ts';
import {type Grid, type Quantization, quantize} from './quantize.ts';
import type {QTensor} from './qtensor.ts';

/** `quantize` of a float tensor of any shape; x is not disposed. */
export async function quantizeTensor(x: tf.Tensor, options: Quantization | Grid): Promise<QTensor> {
  return quantize(await x.data<'float32'>(), x.shape, options);
}

/** The dequantized values as a float32 tensor, which the caller disposes. */
export function dequantizeTensor(quantized: QTensor): tf.Tensor {
  return tf.tensor(quantized.dequantize(), [...quantized.shape]);
}
