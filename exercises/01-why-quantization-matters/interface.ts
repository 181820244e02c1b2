/** Parameters of so many bits each → bytes. */
export type MemoryBytes = (params: number, bits: number) => number;
/** Bytes, and a bandwidth in GB/s (a GB is 10⁹ bytes) → milliseconds to read them once. */
export type LoadTime = (bytes: number, bandwidth: number) => number;
/** The weights' bytes, and a bandwidth in GB/s → tokens a second, at most, for one user. */
export type TokensPerSecond = (bytes: number, bandwidth: number) => number;
/** How many times faster weights of `toBits` are read than weights of `fromBits`. */
export type Speedup = (fromBits: number, toBits: number) => number;
