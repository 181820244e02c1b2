// f32x4.max and min take many instructions for NaN and −0; pmax, pmin and the integers' take one.

export function largestLane(v: v128): f32 {
  const pairs = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

export function smallestLane(v: v128): f32 {
  return -largestLane(f32x4.neg(v));
}

/** The largest magnitude of n values, compared as integers, which have the order of magnitudes; NaN is the largest. */
export function absMaxOf(x: usize, n: i32): f32 {
  const magnitude = i32x4.splat(0x7fffffff);
  let largest = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) largest = i32x4.max_s(largest, v128.and(v128.load(x + ((<usize>i) << 2)), magnitude));
  const pairs = i32x4.max_s(largest, v128.shuffle<i32>(largest, largest, 2, 3, 0, 1));
  let result = max(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1));
  for (; i < n; i++) result = max(result, load<i32>(x + ((<usize>i) << 2)) & 0x7fffffff);
  return reinterpret<f32>(result);
}

/** Sixteen numbers, cut off to whole ones from 0 to 255, as bytes. */
export function bytesOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)),
    i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(c), i32x4.trunc_sat_f32x4_s(d)),
  );
}
