/** A sub-block's scale and minimum, 6 bits each. */
export interface ScaleAndMin {
  readonly scale: number;
  readonly min: number;
}

/** Eight pairs in twelve bytes: the first four in six bits each, whose upper two bits hold the upper bits of the last four. */
export function readScaleAndMin(bytes: DataView, at: number, sub: number): ScaleAndMin {
  const byte = (i: number): number => bytes.getUint8(at + i);
  if (sub < 4) return {scale: byte(sub) & 63, min: byte(sub + 4) & 63};
  return {
    scale: (byte(sub + 4) & 15) | ((byte(sub - 4) >> 6) << 4),
    min: (byte(sub + 4) >> 4) | ((byte(sub) >> 6) << 4),
  };
}

export function writeScalesAndMins(bytes: DataView, at: number, pairs: readonly ScaleAndMin[]): void {
  for (let sub = 0; sub < 4; sub++) {
    const [first, last] = [pairs[sub]!, pairs[sub + 4]!];
    bytes.setUint8(at + sub, first.scale | ((last.scale >> 4) << 6));
    bytes.setUint8(at + 4 + sub, first.min | ((last.min >> 4) << 6));
    bytes.setUint8(at + 8 + sub, (last.scale & 15) | ((last.min & 15) << 4));
  }
}
