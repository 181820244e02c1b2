/** All bits, eight to a byte. Plain numbers: 405 billion parameters have more bytes than 32-bit integers can count. */
export function memoryBytes(params: number, bits: number): number {
  return (params * bits) / 8;
}

/** Amount over speed. GB/s times 10⁹ is bytes per second; seconds times 1000 are milliseconds. */
export function loadTime(bytes: number, bandwidth: number): number {
  const bytesPerSecond = bandwidth * 1e9;
  return (bytes / bytesPerSecond) * 1000;
}

/** A token takes as long as reading every weight once; a second has 1000 milliseconds. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return 1000 / loadTime(bytes, bandwidth);
}

/** Old time over new time: parameters and bandwidth cancel. */
export function speedup(fromBits: number, toBits: number): number {
  return fromBits / toBits;
}
