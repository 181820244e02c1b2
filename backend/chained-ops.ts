import type {Tensor} from '@tensorflow/tfjs-core';

type Core = typeof import('@tensorflow/tfjs-core');
type Method = (this: Tensor, ...args: never[]) => unknown;

/** `a.add(b)` for `tf.add(a, b)`: in tfjs only the union package gives tensors these methods, the core alone does not. */
export function registerChainedOps(core: Core): void {
  const prototype = core.Tensor.prototype as unknown as Record<string, Method>;
  const add = (name: string, method: Method): void => {
    if (Object.hasOwn(prototype, name)) return;
    prototype[name] = function (...args) {
      (this as unknown as {throwIfDisposed(): void}).throwIfDisposed();
      return method.apply(this, args);
    };
  };
  const ops = core as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of sameName) {
    const op = ops[name]!;
    add(name, function (...args) {
      return op(this, ...args);
    });
  }
  for (const [name, method] of Object.entries(ownShape(core))) add(name, method as Method);
}

/** Methods that are the op of the same name with the tensor as its first argument. */
const sameName =
  `abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh avgPool batchToSpaceND batchNorm broadcastTo ceil clipByValue conv1d
  conv2dTranspose conv2d cos cosh cumprod cumsum depthToSpace depthwiseConv2d dilation2d divNoNan div dot elu equal erf euclideanNorm exp
  expandDims expm1 fft floor floorDiv gather greaterEqual greater ifft irfft isFinite isInf isNaN leakyRelu lessEqual less
  localResponseNormalization logSigmoid logSoftmax logSumExp log log1p logicalAnd logicalNot logicalOr logicalXor matMul maxPool max maximum
  mean min minimum mirrorPad mod mul neg norm notEqual oneHot onesLike pad pool pow prelu prod reciprocal relu relu6 reshape reverse rfft round
  rsqrt selu separableConv2d sigmoid sign sin sinh slice softmax softplus spaceToBatchND split sqrt square squaredDifference squeeze step
  stridedSlice sub sum tan tanh tile topk transpose unique unsortedSegmentSum unstack zerosLike`.split(/\s+/);

function ownShape(core: Core): Record<string, (this: Tensor, ...args: never[]) => unknown> {
  const {cast, concat, image, reshape, stack, Tensor, where} = core;
  const list = (more: Tensor | readonly Tensor[]): readonly Tensor[] => (more instanceof Tensor ? [more] : more);
  const reshaped = function (this: Tensor, ...shape: number[]): Tensor {
    return reshape(this, shape);
  };
  return {
    as1D(this: Tensor) {
      return reshape(this, [this.size]);
    },
    as2D: reshaped,
    as3D: reshaped,
    as4D: reshaped,
    as5D: reshaped,
    asScalar(this: Tensor) {
      if (this.size !== 1) throw new Error('The array must have only 1 element.');
      return reshape(this, []);
    },
    asType(this: Tensor, dtype: Parameters<typeof cast>[1]) {
      return cast(this, dtype);
    },
    concat(this: Tensor, more: Tensor | Tensor[], axis?: number) {
      return concat([this, ...list(more)], axis);
    },
    flatten(this: Tensor) {
      return reshape(this, [this.size]);
    },
    reshapeAs(this: Tensor, other: Tensor) {
      return reshape(this, other.shape);
    },
    resizeBilinear(this: Tensor, ...args: [[number, number], boolean?, boolean?]) {
      return image.resizeBilinear(this as Parameters<typeof image.resizeBilinear>[0], ...args);
    },
    resizeNearestNeighbor(this: Tensor, ...args: [[number, number], boolean?, boolean?]) {
      return image.resizeNearestNeighbor(this as Parameters<typeof image.resizeNearestNeighbor>[0], ...args);
    },
    stack(this: Tensor, more: Tensor | Tensor[], axis?: number) {
      return stack([this, ...list(more)], axis);
    },
    toBool(this: Tensor) {
      return cast(this, 'bool');
    },
    toFloat(this: Tensor) {
      return cast(this, 'float32');
    },
    toInt(this: Tensor) {
      return cast(this, 'int32');
    },
    where(this: Tensor, condition: Tensor, other: Tensor) {
      return where(condition, this, other);
    },
  };
}
