import {type Learner, type Measurement, WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {dequantizeGgml, ggmlType} from '../../quant/files/ggml/index.ts';
import {isTypedArray, type Plain} from '../../session/wire/plain.ts';
import {blocks, blockSize} from './inputs.ts';

/** The value as the bytes that it holds. @throws WrongAnswer saying what came instead */
export function expectBytes(value: Plain, what: string): Uint8Array {
  if (!(value instanceof Uint8Array))
    throw new WrongAnswer(
      `Expected ${what} to be a Uint8Array, got ${isTypedArray(value) ? `a ${value.constructor.name}` : 'something else'}: a file is bytes`,
    );
  return value;
}

/** A learner's blocks of one format: bytes of scales, and bytes of codes. */
export interface Blocks {
  readonly bytes: Uint8Array;
  /** The bits of each block's float16 scale. */
  readonly scales: readonly number[];
  /** The bytes of codes of all blocks, one block after the other. */
  readonly codes: Uint8Array;
}

/** Cuts blocks apart. */
export function blocksOf(bytes: Uint8Array, blockBytes: number): Blocks {
  const scales: number[] = [];
  const codes = new Uint8Array((bytes.length / blockBytes) * (blockBytes - 2));
  for (let at = 0, block = 0; at < bytes.length; at += blockBytes, block++) {
    scales.push(bytes[at]! | (bytes[at + 1]! << 8));
    codes.set(bytes.subarray(at + 2, at + blockBytes), block * (blockBytes - 2));
  }
  return {bytes, scales, codes};
}

/** What the learner's quantizer makes of values. @throws WrongAnswer where a block has another number of bytes */
export async function quantizedBy(
  learner: Learner,
  name: 'quantizeQ8_0' | 'quantizeQ4_0',
  values: Float32Array,
  blockBytes: number,
): Promise<Blocks> {
  const bytes = expectBytes(await learner.call(name, values), `the result of ${name}`);
  const count = values.length / blockSize;
  if (bytes.length !== count * blockBytes)
    throw new WrongAnswer(
      `Expected ${blockBytes} bytes for each block of 32 values, ${count * blockBytes} in all, got ${bytes.length}: ` +
        `2 bytes of float16 scale, then ${blockBytes - 2} bytes of codes; a float32 scale would take 4`,
    );
  return blocksOf(bytes, blockBytes);
}

/** Three blocks, the second of zeros: counts the blocks that are not restored as zeros, or as nothing but zeros, where they should be. */
export async function zeroBlock(learner: Learner, draw: Draw, type: 'Q8_0' | 'Q4_0'): Promise<Measurement> {
  const values = blocks(draw, type, {count: 3}).fill(0, blockSize, 2 * blockSize);
  const {blockBytes} = ggmlType(type);
  const {bytes} = await quantizedBy(learner, `quantize${type}`, values, blockBytes);
  const restored = dequantizeGgml(bytes, ggmlType(type));
  const wrong = [0, 1, 2].filter(block => {
    // NaN is no zero; −0 is one.
    const isZero = restored.subarray(block * blockSize, (block + 1) * blockSize).every(value => value === 0);
    return isZero !== (block === 1);
  });
  return {
    measured: wrong.length,
    comparison: '==',
    threshold: 0,
    unit: 'wrong blocks',
    message:
      'One block holds zeros only, its neighbours do not. Its largest magnitude is 0, and 0 / 0 is NaN, which ends in any code. Every value of such a block is restored as 0, and the loop goes on behind it.',
  };
}
