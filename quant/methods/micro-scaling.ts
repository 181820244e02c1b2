import {countElements, expectValues} from '../formats/shape.ts';
import {decodeFloats, encodeFloats, roundFloat} from '../formats/float-codes.ts';
import {float4e2m1, float8e4m3fn, type FloatFormat, floatLimits} from '../formats/float-format.ts';
import {pack, unpack} from '../formats/packing.ts';

/** Small floats in blocks along the last axis, each block with a scale of one byte: x̂ = tensorScale · scale · element. */
export interface MicroScaled {
  readonly shape: readonly number[];
  readonly element: FloatFormat;
  readonly blockSize: number;
  /** The elements' codes, packed: see `pack`. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** `mx`: E8M0, the power of two is the byte − 127. `nvfp4`: float8e4m3fn. */
  readonly scales: Uint8Array<ArrayBuffer>;
  readonly scaleFormat: 'e8m0' | 'e4m3';
  readonly tensorScale: number;
}

const mxBlockSize = 32;
const nvfp4BlockSize = 16;
const e8m0Bias = 127;
/** torchao divides by no subnormal number: in blocks below 2^−124 codes are half as large as their scale says. */
const leastDivisor = 2 ** -126;

/**
 * OCP microscaling: blocks of 32 along the last axis share a power of two, 2^(⌊log2 absMax⌋ − the element's largest exponent); what is then still too
 * large saturates. MXFP4 with elements of float4e2m1, MXFP8 with float8e4m3fn or float8e5m2. Bit for bit as torchao's to_mx.
 * Source: OCP Microscaling Formats (MX) Specification 1.0, section 6.3.
 * @throws RangeError at NaN or an infinity, or where 32 does not divide the last axis
 */
export function quantizeMx(values: ArrayLike<number>, shape: readonly number[], element: FloatFormat = float4e2m1): MicroScaled {
  const blocks = blocksOf(values, shape, mxBlockSize);
  const largestExponent = Math.floor(Math.log2(floatLimits(element).max));
  const scales = Uint8Array.from(blocks, absMax => Math.min(Math.max(exponentOf(absMax) - largestExponent + e8m0Bias, 0), 2 * e8m0Bias));
  const scaled = Float32Array.from(values, (x, i) => x / Math.max(powerOf(scales[Math.floor(i / mxBlockSize)]!), leastDivisor));
  const codes = pack(encodeFloats(scaled, element, {saturate: true}), element.bits);
  return {shape: [...shape], element, blockSize: mxBlockSize, codes, scales, scaleFormat: 'e8m0', tensorScale: 1};
}

/** With the least scale of a block beside it, its inverse is still finite in float32. */
const leastTensorScale = 2 ** -120;

/**
 * NVIDIA's NVFP4: float4e2m1 in blocks of 16 along the last axis, each with a scale absMax / 6 in float8e4m3fn; `twoLevel` scales the whole tensor
 * first, so that the largest block's scale is float8e4m3fn's largest number. Bit for bit as torchao's nvfp4_quantize, but for tensors below 2e-33, of which
 * that makes NaN.
 * @throws RangeError at NaN or an infinity, or where 16 does not divide the last axis
 */
export function quantizeNvfp4(
  values: ArrayLike<number>,
  shape: readonly number[],
  {twoLevel = true}: {readonly twoLevel?: boolean} = {},
): MicroScaled {
  const f = Math.fround;
  const blocks = blocksOf(values, shape, nvfp4BlockSize);
  const {max: largestScale, smallestNormal: leastScale} = floatLimits(float8e4m3fn);
  const {max: largestElement} = floatLimits(float4e2m1);
  const absMax = blocks.reduce((max, block) => Math.max(max, block), 0);
  const tensorScale = twoLevel && absMax > 0 ? Math.max(f(absMax / (largestScale * largestElement)), leastTensorScale) : 1;
  const blockScales = blocks.map(block => {
    const scale = f(f(block / largestElement) / tensorScale);
    return roundFloat(Math.min(Math.max(scale, leastScale), largestScale), float8e4m3fn);
  });
  const inverses = blockScales.map(scale => f(f(1 / tensorScale) / scale));
  const scaled = Float32Array.from(values, (x, i) => x * inverses[Math.floor(i / nvfp4BlockSize)]!);
  return {
    shape: [...shape],
    element: float4e2m1,
    blockSize: nvfp4BlockSize,
    codes: pack(encodeFloats(scaled, float4e2m1, {saturate: true}), float4e2m1.bits),
    scales: encodeFloats(blockScales, float8e4m3fn) as Uint8Array<ArrayBuffer>,
    scaleFormat: 'e4m3',
    tensorScale,
  };
}

/** tensorScale · scale · element, in float32, row-major. */
export function dequantizeMicroScaled({
  shape,
  element,
  blockSize,
  codes,
  scales,
  scaleFormat,
  tensorScale,
}: MicroScaled): Float32Array<ArrayBuffer> {
  const length = countElements(shape);
  const elements = decodeFloats(unpack(codes, {bits: element.bits, signed: false, length}), element);
  const factors = scaleFormat === 'e8m0' ? Float64Array.from(scales, powerOf) : decodeFloats(scales, float8e4m3fn);
  return elements.map((value, i) => value * Math.fround(factors[Math.floor(i / blockSize)]! * tensorScale));
}

/** Bytes of codes, scales and the tensor's scale together. */
export function microScaledBytes({codes, scales, scaleFormat}: MicroScaled): number {
  return codes.byteLength + scales.byteLength + (scaleFormat === 'e4m3' ? 4 : 0);
}

/** The absMax of each block. */
function blocksOf(values: ArrayLike<number>, shape: readonly number[], blockSize: number): Float32Array {
  const elements = expectValues(values, shape);
  const row = shape.at(-1) ?? 1;
  if (row % blockSize !== 0)
    throw new RangeError(
      `Expected a last axis in blocks of ${blockSize}, got ${row}; pad it with zeros to ${Math.ceil(row / blockSize) * blockSize}`,
    );
  const blocks = new Float32Array(elements / blockSize);
  for (let i = 0; i < elements; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!Number.isFinite(Math.fround(magnitude)))
      throw new RangeError(`Expected finite values, got ${values[i]} at ${i}. Clean the values first; float32 holds up to 3.4e38.`);
    const block = Math.floor(i / blockSize);
    if (magnitude > blocks[block]!) blocks[block] = magnitude;
  }
  return blocks;
}

/** The stored exponent of a float32, without its bias: −127 for 0 and subnormals. */
function exponentOf(x: number): number {
  return (new Uint32Array(Float32Array.of(x).buffer)[0]! >>> 23) - e8m0Bias;
}

function powerOf(scaleByte: number): number {
  return 2 ** (scaleByte - e8m0Bias);
}
