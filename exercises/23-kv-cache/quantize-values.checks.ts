import type {Task} from '../../checking/types.ts';
import {float32} from '../../quant/formats/float-format.ts';
import {QuantizedKvCache} from '../../quant/methods/language/kv-cache.ts';
import {type Restore, quantizerChecks} from './inputs.ts';

/** As many tokens of zeros after them push all of the values out of float. */
const restore: Restore = ({data, shape}, {bits, groupSize}) => {
  const [tokens, channels] = shape as [number, number];
  const cache = new QuantizedKvCache({heads: 1, headSize: channels, bits, groupSize, residual: groupSize, scaleFormat: float32});
  const padded = new Float32Array((tokens + groupSize) * channels);
  padded.set(data as Float32Array);
  cache.append(padded, padded);
  return cache.values().subarray(0, data.length);
};

export const quantizeValues: Task = {
  name: 'quantizeValues',
  title: 'Values: per token, in groups of channels',
  timeoutMs: 10_000,
  checks: quantizerChecks('quantizeValues', 'channels', restore, {
    scales:
      'A scale is (max − min) / (2^bits − 1) of groupSize neighbouring channels of ONE token. Not over tokens (those are the keys), not over the whole token, not the largest magnitude.',
    codes:
      'Some codes are not the nearest. Code = round((x − minimum) / scale) with the scale and minimum of its own token and group of channels.',
    causal: 'Tokens that come later changed codes, scales or minima of tokens before. A value is quantized from its own token only.',
  }),
};
