"""Writes golden.json: what NumPy and ml_dtypes make of every code, and of numbers at, between and beside all of them.

Run by quant/goldens/write.py.
Tables of 65,536 entries travel as SHA-256 of their little-endian bytes; every NaN counts as the same one.
"""

import hashlib
import json

import ml_dtypes
import numpy as np

f32 = np.float32
FORMATS = {
    "float16": (np.float16, np.uint16, 16),
    "bfloat16": (ml_dtypes.bfloat16, np.uint16, 16),
    "float8e4m3fn": (ml_dtypes.float8_e4m3fn, np.uint8, 8),
    "float8e5m2": (ml_dtypes.float8_e5m2, np.uint8, 8),
    "float4e2m1": (ml_dtypes.float4_e2m1fn, np.uint8, 4),
}


def decode(codes, dtype):
    return codes.view(dtype).astype(f32)


def same_nan(values):
    return np.where(np.isnan(values), f32(np.nan), values).astype(f32)


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def numbers(values):
    """Every finite number of the format, the middle of each two neighbours, what lies right beside a middle, and the ends of float32."""
    # + 0: one zero, not −0.
    finite = np.unique(values[np.isfinite(values)] + f32(0))
    middles = ((finite[:-1].astype(np.float64) + finite[1:]) / 2).astype(f32)
    beside = [np.nextafter(middles, f32(end)) for end in (-np.inf, np.inf)]
    largest = finite[-1]
    step = f32(largest - finite[-2])
    ends = np.array([largest + step / 2, np.nextafter(f32(largest + step / 2), f32(0)), largest + step, 3e38, np.inf, 1e-45, 1e-40], f32)
    return np.concatenate([finite, middles, *beside, ends, -ends, np.array([-0.0, np.nan], f32)]).astype(f32)


def golden(dtype, unsigned, bits):
    codes = np.arange(2**bits).astype(unsigned)
    values = decode(codes, dtype)
    inputs = numbers(values)
    encoded = inputs.astype(dtype).view(unsigned)
    # ml_dtypes keeps a NaN's sign, which JavaScript cannot see.
    encoded = np.where(np.isnan(inputs), np.array([np.nan], f32).astype(dtype).view(unsigned), encoded).astype(unsigned)
    info = ml_dtypes.finfo(dtype)
    return {
        "max": float(info.max),
        "smallestNormal": float(info.smallest_normal),
        "smallestSubnormal": float(info.smallest_subnormal),
        "epsilon": float(info.eps),
        "decoded": sha256(same_nan(values)),
        "inputs": sha256(same_nan(inputs)),
        "encoded": sha256(encoded),
        "samples": [[float(x), int(c)] for x, c in zip(inputs[-20:-2], encoded[-20:-2]) if np.isfinite(x)],
    }


def main():
    goldens = {name: golden(*format) for name, format in FORMATS.items()}
    print(json.dumps({"numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__, "formats": goldens}, indent=1))


main()
