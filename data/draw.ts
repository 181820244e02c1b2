import {createHash} from 'node:crypto';
import type {TensorData} from '../session/wire/plain.ts';

/**
 * Draws a check's inputs from a seed: the same seed gives the same inputs on every machine.
 * sfc32 seeded by SHA-256, so that seeds that differ in one bit share nothing.
 */
export class Draw {
  private readonly state: Uint32Array;

  constructor(readonly seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.state = Uint32Array.from({length: 4}, (_, i) => digest.readUInt32LE(4 * i));
  }

  /** A source of its own for a part, so that drawing more for one part changes nothing in another. */
  for(part: string): Draw {
    return new Draw(`${this.seed}/${part}`);
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) * 2 ** -53;
  }

  /** Uniform among the integers low … high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** Normal, by Box and Muller. */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!;
  }

  /** A copy in random order (Fisher and Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  /** A float32 tensor with one draw per element. */
  tensor(shape: readonly number[], element: (draw: Draw, index: number) => number = draw => draw.normal()): TensorData {
    const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
    for (let i = 0; i < data.length; i++) data[i] = element(this, i);
    return {dtype: 'float32', shape, data};
  }

  private next(): number {
    const s = this.state;
    const sum = (s[0]! + s[1]! + s[3]!) | 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum >>> 0;
  }
}
