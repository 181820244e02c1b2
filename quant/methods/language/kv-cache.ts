import {float16, type FloatFormat, floatLimits} from '../../formats/float-format.ts';
import {GroupedCodes} from './grouped-codes.ts';

/** Sizes of a decoder layer's cache, and how it is quantized. */
export interface KvCacheOptions {
  readonly heads: number;
  /** Channels of a head. */
  readonly headSize: number;
  /** Bits of a code, 1 to 8, or those of keys and of values. */
  readonly bits: number | {readonly keys: number; readonly values: number};
  /** How many tokens of a key's channel, and how many channels of a value, share a scale: 32 without it. */
  readonly groupSize?: number;
  /** How many of the newest tokens stay in float at most: a multiple of groupSize, 128 without it. */
  readonly residual?: number;
  /** What scales and minima are stored in: float16 without it. */
  readonly scaleFormat?: FloatFormat;
}

/**
 * The keys and values that a decoder has computed so far, quantized as KIVI does: keys per channel, in groups of neighbouring tokens, since few channels
 * of them are large for every token; values per token, in groups of neighbouring channels. x̂ = code · scale + minimum, scale = (max − min) / (2^bits − 1).
 * The newest tokens wait in float: keys until `residual` of them have come, then all of these are quantized; of the values always the newest `residual`.
 * A token's codes and scales are made once, from it and tokens before the newest one: what comes later changes nothing. However tokens are cut into
 * `append`s, the cache is the same.
 * Source: Liu et al. 2024, KIVI: A Tuning-Free Asymmetric 2bit Quantization for KV Cache, section 3 and algorithm 1.
 */
export class QuantizedKvCache {
  readonly heads: number;
  readonly headSize: number;
  private readonly residual: number;
  private readonly groupSize: number;
  /** A range between ± this fits the format of scales and minima. */
  private readonly most: number;
  private readonly oldKeys: GroupedCodes;
  private readonly oldValues: GroupedCodes;
  /** [residual, channels]: the newest keys, in order. */
  private readonly newKeys: Float32Array;
  /** [residual, channels]: token t lies in row t mod residual. */
  private readonly newValues: Float32Array;
  private count = 0;

  /** @throws RangeError where groups do not divide the channels of a head or the residual, or their codes do not fill whole bytes */
  constructor({heads, headSize, bits, groupSize = 32, residual = 128, scaleFormat = float16}: KvCacheOptions) {
    const {keys, values} = typeof bits === 'number' ? {keys: bits, values: bits} : bits;
    expectCounts({heads, headSize, groupSize, residual});
    if (headSize % groupSize)
      throw new RangeError(
        `Expected a groupSize that divides the ${headSize} channels of a head, got ${groupSize}; values share scales within a head`,
      );
    if (residual % groupSize)
      throw new RangeError(
        `Expected a residual that is a multiple of groupSize (${groupSize}), got ${residual}; keys are quantized in whole groups`,
      );
    for (const width of [keys, values]) {
      if (!Number.isInteger(width) || width < 1 || width > 8) throw new RangeError(`Expected 1 to 8 bits, got ${width}`);
      if ((groupSize * width) % 8)
        throw new RangeError(`Expected groups that fill whole bytes, got ${groupSize} codes of ${width} bits; a multiple of 8 always does`);
    }
    const channels = heads * headSize;
    [this.heads, this.headSize, this.residual, this.groupSize] = [heads, headSize, residual, groupSize];
    this.most = floatLimits(scaleFormat).max / 2;
    this.oldKeys = new GroupedCodes({groups: channels, size: groupSize, between: 1, step: channels}, keys, scaleFormat);
    this.oldValues = new GroupedCodes({groups: channels / groupSize, size: groupSize, between: groupSize, step: 1}, values, scaleFormat);
    this.newKeys = new Float32Array(residual * channels);
    this.newValues = new Float32Array(residual * channels);
  }

  /** How many tokens it holds. */
  get tokens(): number {
    return this.count;
  }

  /** Bytes of codes, scales and minima, and of the newest tokens in float32. */
  get byteLength(): number {
    const floats = (this.count % this.residual) + Math.min(this.count, this.residual);
    return this.oldKeys.byteLength + this.oldValues.byteLength + 4 * floats * this.channels;
  }

  /**
   * Takes the keys and values of the next tokens, each [tokens, heads, headSize], row-major.
   * @throws RangeError where they are no whole tokens, not equally many, not finite, or larger than half of what scaleFormat holds; nothing is taken then
   */
  append(keys: ArrayLike<number>, values: ArrayLike<number>): void {
    const {channels, residual, groupSize} = this;
    const tokens = keys.length / channels;
    if (!Number.isInteger(tokens) || values.length !== keys.length)
      throw new RangeError(
        `Expected keys and values [tokens, ${this.heads}, ${this.headSize}], equally many, got ${keys.length} and ${values.length} numbers`,
      );
    const [k, v] = [Float32Array.from(keys), Float32Array.from(values)];
    for (const numbers of [k, v]) {
      const at = numbers.findIndex(x => !(Math.abs(x) <= this.most));
      if (at >= 0)
        throw new RangeError(
          `Expected keys and values of at most ±${this.most}, so that scaleFormat holds their ranges, got ${numbers[at]} at ${at}; choose a wider one, or clean the values`,
        );
    }
    for (let token = 0; token < tokens; token++) {
      const row = (this.count % residual) * channels;
      // The oldest value in float makes room.
      if (this.count >= residual) this.oldValues.append(this.newValues.subarray(row, row + channels));
      this.newKeys.set(k.subarray(token * channels, (token + 1) * channels), row);
      this.newValues.set(v.subarray(token * channels, (token + 1) * channels), row);
      this.count++;
      if (this.count % residual === 0)
        for (let from = 0; from < residual; from += groupSize)
          this.oldKeys.append(this.newKeys.subarray(from * channels, (from + groupSize) * channels));
    }
  }

  /** [tokens, heads, headSize]: what attention computes with. */
  keys(): Float32Array<ArrayBuffer> {
    const {channels, count, residual} = this;
    const keys = new Float32Array(count * channels);
    this.oldKeys.dequantize(keys);
    const inFloat = count % residual;
    keys.set(this.newKeys.subarray(0, inFloat * channels), (count - inFloat) * channels);
    return keys;
  }

  /** [tokens, heads, headSize] */
  values(): Float32Array<ArrayBuffer> {
    const {channels, count, residual} = this;
    const values = new Float32Array(count * channels);
    this.oldValues.dequantize(values);
    for (let token = Math.max(count - residual, 0); token < count; token++) {
      const row = (token % residual) * channels;
      values.set(this.newValues.subarray(row, row + channels), token * channels);
    }
    return values;
  }

  private get channels(): number {
    return this.heads * this.headSize;
  }
}

function expectCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`Expected ${name} to be a whole number of at least 1, got ${count}`);
}
