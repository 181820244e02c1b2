"""Writes golden.json: blocks that gguf-py quantizes, those that llama.cpp does where gguf-py does not, and what gguf-py reads from both.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import ctypes
import hashlib
import json
import sys

import numpy as np
from gguf import quants
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type

f32 = np.float32
ROW = 256
# The types whose codes stand for vectors, IQ1_M for those of IQ1_S.
GRIDS = (Type.IQ1_S, Type.IQ2_XXS, Type.IQ2_XS, Type.IQ2_S, Type.IQ3_XXS, Type.IQ3_S)


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def inputs():
    random = np.random.default_rng(21)
    rows = {
        "normal": random.normal(size=ROW),
        "weights": random.normal(size=ROW) * 0.02,
        "uniform": random.uniform(-1, 1, size=ROW),
        "positive": np.abs(random.normal(size=ROW)) + 0.5,
        "an outlier": np.where(np.arange(ROW) == 70, 1000, random.normal(size=ROW)),
        "zeros": np.zeros(ROW),
        "a zero block": np.where(np.arange(ROW) < 64, 0, random.normal(size=ROW)),
        "constant": np.full(ROW, -0.375),
        "ties": (np.arange(ROW) % 32 - 16) / 4,
        "integers": random.integers(-127, 128, size=ROW),
        "tiny": random.normal(size=ROW) * 1e-12,
        "sparse": np.where(random.uniform(size=ROW) < 0.9, 0, random.normal(size=ROW)),
        "hundreds": random.normal(size=ROW) * 600,
        "below powers of two": np.nextafter(f32(2) ** (np.arange(ROW) // 32 * 4 - 20), f32(0)) * np.where(np.arange(ROW) % 32 == 9, 1, 0.4),
        "large": random.normal(size=ROW) * 1e4,
    }
    return {name: np.asarray(values, dtype=f32) for name, values in rows.items()}


def ends_of_float32():
    """Where scales or their inverses leave float32's normal numbers, and where both ends are equally far from zero."""
    random = np.random.default_rng(22)
    rows = {
        "subnormal": random.normal(size=ROW) * 1e-40,
        "nearly subnormal": random.normal(size=ROW) * 1e-37,
        "huge": np.clip(random.normal(size=ROW) * 5e37, -3e38, 3e38),
        "equal ends": np.where(np.arange(ROW) % 32 == 7, -2, np.where(np.arange(ROW) % 32 == 19, 2, random.uniform(-1, 1, size=ROW))),
    }
    return {name: np.asarray(values, dtype=f32) for name, values in rows.items()}


def by_llama_cpp(library, values, qtype):
    block, size = GGML_QUANT_SIZES[qtype]
    out = np.zeros(values.size // block * size, dtype=np.uint8)
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    library.ggml_quantize_chunk(ctypes.c_int(qtype), pointer(values), pointer(out), ctypes.c_int64(0), ctypes.c_int64(1), ctypes.c_int64(values.size), None)
    return out


def random_blocks(qtype):
    """Blocks of random codes whose float16 scales are numbers."""
    block, size = GGML_QUANT_SIZES[qtype]
    blocks = np.random.default_rng(int(qtype)).integers(0, 256, size=(4, size), dtype=np.uint8)
    scale = np.array([0.01, -0.02], np.float16).view(np.uint8)
    if qtype == Type.IQ1_M:
        # Its scale is spread over upper halves of bytes: the last has the sign and the exponent's upper bits.
        blocks[:, 55] = (blocks[:, 55] & 0x0F) | 0x30
        return blocks
    places = {Type.Q2_K: (80, 4), Type.Q3_K: (108, 2), Type.Q4_K: (0, 4), Type.Q5_K: (0, 4), Type.Q6_K: (208, 2), Type.Q8_0: (0, 2),
              Type.Q4_0: (0, 2), Type.Q5_0: (0, 2), Type.Q4_1: (0, 4), Type.Q5_1: (0, 4),
              **{qtype: (0, 2) for qtype in GRIDS}, Type.IQ4_NL: (0, 2), Type.IQ4_XS: (0, 2), Type.TQ1_0: (52, 2), Type.TQ2_0: (64, 2), Type.MXFP4: (0, 0), Type.NVFP4: (0, 0)}
    at, length = places[qtype]
    blocks[:, at : at + length] = scale[:length]
    return blocks


def grid_hash(qtype):
    """Of all vectors that codes of the type can stand for, one byte a number."""
    grid = getattr(quants, qtype.name)
    grid.init_grid()
    return hashlib.sha256(grid.grid.astype(np.int8).tobytes()).hexdigest()


def main():
    library = ctypes.CDLL(sys.argv[1])
    goldens = []
    for name, values in (inputs() | ends_of_float32()).items():
        # gguf-py's exponent of a subnormal MXFP4 block wraps around: nothing to follow.
        four_bit_floats = () if name in ends_of_float32() else (Type.MXFP4,)
        for qtype in (Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.BF16, Type.F16, *four_bit_floats):
            goldens.append(dict(name=name, type=qtype.name, values=encoded(values), bytes=encoded(quants.quantize(values, qtype))))
        for qtype in (Type.Q4_K, Type.Q6_K, *((Type.NVFP4,) if four_bit_floats else ())):
            goldens.append(dict(name=name, type=qtype.name, values=encoded(values), bytes=encoded(by_llama_cpp(library, values, qtype))))
    read = []
    for qtype in (Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.IQ4_NL, Type.IQ4_XS,
                  Type.TQ1_0, Type.TQ2_0, Type.MXFP4, Type.NVFP4, Type.IQ1_M, *GRIDS):
        blocks = random_blocks(qtype)
        read.append(dict(type=qtype.name, bytes=encoded(blocks), values=encoded(quants.dequantize(blocks, qtype))))
    print(json.dumps({"quantized": goldens, "read": read, "grids": {qtype.name: grid_hash(qtype) for qtype in GRIDS}}, separators=(",", ":")))


main()
