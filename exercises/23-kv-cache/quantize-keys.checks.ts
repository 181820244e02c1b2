import type {Task} from '../../checking/types.ts';
import {float32} from '../../quant/formats/float-format.ts';
import {QuantizedKvCache} from '../../quant/methods/language/kv-cache.ts';
import {type Restore, quantizerChecks} from './inputs.ts';

/** Residual = groupSize: every group of keys is quantized as soon as it is complete. */
const restore: Restore = ({data, shape}, {bits, groupSize}) => {
  const cache = new QuantizedKvCache({heads: 1, headSize: shape[1]!, bits, groupSize, residual: groupSize, scaleFormat: float32});
  cache.append(data, data);
  return cache.keys();
};

export const quantizeKeys: Task = {
  name: 'quantizeKeys',
  title: 'Keys: per channel, in groups of tokens',
  timeoutMs: 10_000,
  checks: quantizerChecks('quantizeKeys', 'tokens', restore, {
    scales:
      'A scale is (max − min) / (2^bits − 1) of ONE channel over groupSize tokens in a row, each group anew; scale number group · channels + channel. Not the largest magnitude, not over a token, not over all tokens.',
    codes:
      'Some codes are not the nearest. Code = round((x − minimum) / scale) with the scale and minimum of its own channel and group of tokens, in the order of the keys: [tokens, channels].',
    causal:
      'Tokens that come later changed codes, scales or minima of a group that was complete. When a group is quantized, later tokens do not exist yet: its range comes from its own tokens only.',
  }),
};
