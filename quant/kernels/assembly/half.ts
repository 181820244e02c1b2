/** The float16 code nearest to x, ties to even. */
export function encodeHalf(x: f32): u32 {
  const sign = (reinterpret<u32>(x) >> 16) & 0x8000;
  const magnitude = abs(x);
  if (!(magnitude < 65520)) return sign | 0x7c00;
  // Beside 0.5 a float32 has steps of 2^-24, as the subnormals have: the addition rounds.
  if (magnitude < <f32>(1.0 / 16384.0)) return sign | (reinterpret<u32>(magnitude + 0.5) - 0x3f000000);
  const bits = reinterpret<u32>(magnitude);
  return sign | (((bits + 0xfff + ((bits >> 13) & 1)) >> 13) - (112 << 10));
}

/** The number of a float16 code that is not NaN. */
export function decodeHalf(code: u32): f32 {
  // 2^112: what float32's exponents are ahead. Exact, subnormals too.
  const magnitude: f32 =
    (code & 0x7fff) === 0x7c00 ? Infinity : reinterpret<f32>((code & 0x7fff) << 13) * <f32>5192296858534827628530496329220096.0;
  return code & 0x8000 ? -magnitude : magnitude;
}

/** Writes x as float16, and gives what then stands there. */
export function writeHalf(at: usize, x: f32): f32 {
  const code = encodeHalf(x);
  store<u16>(at, code);
  return decodeHalf(code);
}
