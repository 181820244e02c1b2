"""Writes kv-cache-golden.json: KIVI's cache written out in NumPy, from the whole prompt at once, as its prefill does.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np

f32 = np.float32


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def fake_quantize(groups, bits, stored):
    """The last axis shares a scale."""
    low, high = groups.min(-1, keepdims=True), groups.max(-1, keepdims=True)
    scale = ((high - low) / f32(2**bits - 1)).astype(stored).astype(f32)
    low = low.astype(stored).astype(f32)
    codes = np.rint(np.clip((groups - low) / np.where(scale == 0, f32(1), scale), 0, 2**bits - 1))
    return codes.astype(f32) * scale + low


def keys_of(k, bits, group, residual, stored):
    tokens, heads, size = k.shape
    old = tokens - tokens % residual
    # [old, heads, size] -> [heads, size, old / group, group]: the tokens of a channel are neighbours
    groups = k[:old].transpose(1, 2, 0).reshape(heads, size, old // group, group)
    restored = fake_quantize(groups, bits, stored).reshape(heads, size, old).transpose(2, 0, 1) if old else k[:0]
    return np.concatenate([restored, k[old:]])


def values_of(v, bits, group, residual, stored):
    tokens, heads, size = v.shape
    old = max(tokens - residual, 0)
    restored = fake_quantize(v[:old].reshape(old, heads, size // group, group), bits, stored).reshape(old, heads, size) if old else v[:0]
    return np.concatenate([restored, v[old:]])


def main():
    random = np.random.default_rng(24)
    tokens, heads, size = 43, 2, 16
    k = random.normal(size=(tokens, heads, size)).astype(f32)
    k[:, 1, 3] += f32(20)  # a channel that is large for every token
    k[:, 0, 5] = f32(0.3)  # equal values
    v = (random.normal(size=(tokens, heads, size)) * random.uniform(0.1, 5, size=(tokens, 1, 1))).astype(f32)
    cases = []
    for key_bits, value_bits, group, residual, stored in ((2, 2, 8, 16, "float16"), (4, 4, 8, 8, "float16"), (8, 8, 16, 16, "float32"), (4, 2, 16, 48, "float16")):
        keys = keys_of(k, key_bits, group, residual, stored)
        values = values_of(v, value_bits, group, residual, stored)
        channels, width = heads * size, 2 if stored == "float16" else 4
        old_keys, old_values = tokens - tokens % residual, max(tokens - residual, 0)
        byte_length = channels * (old_keys * key_bits + old_values * value_bits) // 8
        byte_length += 2 * width * channels * (old_keys + old_values) // group + 4 * channels * (2 * tokens - old_keys - old_values)
        cases.append(dict(bits=dict(keys=key_bits, values=value_bits), groupSize=group, residual=residual, scaleFormat=stored, byteLength=byte_length, keys=encoded(keys), values=encoded(values)))
    print(json.dumps(dict(heads=heads, headSize=size, tokens=tokens, k=encoded(k), v=encoded(v), cases=cases), separators=(",", ":")))


main()
