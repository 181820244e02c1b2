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
