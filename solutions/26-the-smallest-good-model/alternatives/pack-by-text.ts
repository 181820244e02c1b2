export * from '../answers.ts';

/** Writes the stream as text, last bit first, and cuts it into eights from its end. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const stream = Array.from(codes, code => code.toString(2).padStart(bits, '0'))
    .reverse()
    .join('');
  const length = Math.ceil(stream.length / 8);
  const padded = stream.padStart(8 * length, '0');
  return Uint8Array.from({length}, (_, i) => parseInt(padded.slice(8 * (length - 1 - i), 8 * (length - i)), 2));
}
