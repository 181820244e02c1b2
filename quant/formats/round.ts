/** Rounds to the nearest integer, ties to the even one: IEEE 754's default, as PyTorch, NumPy and tf.round do. Math.round sends ties up. */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const part = x - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
