import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

/** Full groups first, then what is left. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  const left = count % groupSize;
  const full = (count - left) / groupSize;
  const codeBits = full * groupSize * bits + left * bits;
  const scales = full + (left > 0 ? 1 : 0);
  return Math.floor((codeBits + 7) / 8) + (scales * scaleBits) / 8;
}
