import type {TensorData} from '../session/wire/plain.ts';
import type {Draw} from './draw.ts';

/** What activations are drawn. */
export interface ActivationOptions {
  readonly rows: number;
  readonly channels: number;
  /** How many channels, at random places, are larger than the others in every row. None without it. */
  readonly outlierChannels?: number;
  /** How many times larger these are: 20 without it, as large as those of language models were seen to grow. */
  readonly outlierFactor?: number;
}

/**
 * Activations behind a ReLU, [rows, channels]: max(0, level_c + spread_c · n) with n normal, each channel at its own level (normal, 0 ± 0.5) and
 * spread (0.5 to 1). About half of them are exactly 0, none is below. Outlier channels lie above zero mostly, and are `outlierFactor` times larger.
 * The same draw gives the same activations on every machine.
 * @throws RangeError where a number is no whole one, or there are more outlier channels than channels
 * @see Dettmers et al. 2022, LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale, section 4: outliers keep to a few channels
 */
export function postReluActivations({rows, channels, outlierChannels = 0, outlierFactor = 20}: ActivationOptions, draw: Draw): TensorData {
  for (const [name, value] of Object.entries({rows, channels, outlierChannels}))
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Expected ${name} to be a whole number from 0 on, got ${value}`);
  if (outlierChannels > channels)
    throw new RangeError(`Expected at most as many outlier channels as channels, ${channels}, got ${outlierChannels}`);
  const outliers = new Set(draw.shuffle(Array.from({length: channels}, (_, channel) => channel)).slice(0, outlierChannels));
  const shapes = Array.from({length: channels}, (_, channel) => {
    const factor = outliers.has(channel) ? outlierFactor : 1;
    const level = outliers.has(channel) ? draw.uniform(1, 2) : draw.normal(0, 0.5);
    return {level: factor * level, spread: factor * draw.uniform(0.5, 1)};
  });
  return draw.tensor([rows, channels], (d, i) => {
    const {level, spread} = shapes[i % channels]!;
    return Math.max(0, d.normal(level, spread));
  });
}
