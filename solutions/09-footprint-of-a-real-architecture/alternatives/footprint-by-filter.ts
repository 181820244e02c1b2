import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

/** Three lists by name, and sums over them. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const size = ({shape}: TensorInfo) => shape.reduce((product, n) => product * n, 1);
  const sum = (list: readonly TensorInfo[], of: (tensor: TensorInfo) => number) => list.reduce((total, tensor) => total + of(tensor), 0);
  const isBuffer = ({name}: TensorInfo) => name.split('.').at(-2) === 'attn';
  const isMatrix = ({name}: TensorInfo) => /\.c_(attn|proj|fc)\.weight$/.test(name);
  const buffers = tensors.filter(isBuffer);
  const matrices = tensors.filter(isMatrix);
  const others = tensors.filter(tensor => !isBuffer(tensor) && !isMatrix(tensor));
  const matrixBytes = sum(matrices, size) * (plan.matrixBits / 8);
  const otherBytes = sum(others, size) * (plan.otherBits / 8);
  const scaleBytes = sum(matrices, ({shape}) => shape[1]!) * (plan.scaleBits / 8);
  return {
    parameters: sum(matrices, size) + sum(others, size),
    matrixBytes,
    otherBytes,
    scaleBytes,
    totalBytes: matrixBytes + otherBytes + scaleBytes,
    bufferBytes: sum(buffers, ({bytes}) => bytes),
  };
}
