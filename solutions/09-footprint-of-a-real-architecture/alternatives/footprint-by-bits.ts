import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

/** One pass that counts bits, divided at the end. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const bits = {parameters: 0, matrix: 0, other: 0, scale: 0, buffer: 0};
  for (const {name, shape, bytes} of tensors) {
    let elements = 1;
    for (const n of shape) elements *= n;
    const [part, last] = name.split('.').slice(-2);
    if (part === 'attn') {
      bits.buffer += 8 * bytes;
      continue;
    }
    bits.parameters += elements;
    if (part!.startsWith('c_') && last === 'weight') {
      bits.matrix += elements * plan.matrixBits;
      bits.scale += (elements / shape[0]!) * plan.scaleBits;
    } else bits.other += elements * plan.otherBits;
  }
  return {
    parameters: bits.parameters,
    matrixBytes: bits.matrix / 8,
    otherBytes: bits.other / 8,
    scaleBytes: bits.scale / 8,
    totalBytes: (bits.matrix + bits.other + bits.scale) / 8,
    bufferBytes: bits.buffer / 8,
  };
}
