import {type Learner, WrongAnswer} from '../../checking/types.ts';
import {isTypedArray, type Plain} from '../../session/wire/plain.ts';
import {blockSize} from './inputs.ts';

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
