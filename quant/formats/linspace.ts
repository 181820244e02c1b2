/** `steps` + 1 float32 numbers from `start` to `end` at equal distances, counted from the nearer end, each rounded once. As torch.linspace. */
export function linspace(start: number, end: number, steps: number): Float32Array<ArrayBuffer> {
  const step = Math.fround(Math.fround(Math.fround(end) - Math.fround(start)) / steps);
  const half = (steps + 1) >> 1;
  return Float32Array.from({length: steps + 1}, (_, i) =>
    i < half ? Math.fround(start) + step * i : Math.fround(end) - step * (steps - i),
  );
}
