export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'codes of 3, 5, 6 and 7 bits run on across the ends of bytes'};

/** The right place for every code, but what runs over the end of its byte is lost. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => (packed[(i * bits) >> 3]! |= code << ((i * bits) & 7)));
  return packed;
}
