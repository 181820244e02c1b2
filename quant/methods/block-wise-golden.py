"""Writes block-wise-golden.json: the codes and absMax that bitsandbytes' CPU kernels give.

Run by quant/goldens/write.py. Arrays as base64 of their little-endian bytes.
"""

import base64
import json

import bitsandbytes
import bitsandbytes.functional as F
import numpy as np
import torch

f32 = np.float32


def bytes_of(values, dtype=f32):
    return base64.b64encode(np.ascontiguousarray(np.asarray(values, dtype=dtype).reshape(-1)).tobytes()).decode()


def case(name, values, kind, block, double):
    values = np.asarray(values, dtype=f32)
    packed, state = F.quantize_4bit(torch.from_numpy(values), blocksize=block, quant_type=kind, compress_statistics=double)
    restored = F.dequantize_4bit(packed, state)
    golden = dict(name=f"{name}, {kind}, blocks of {block}{', double' if double else ''}", codebook=kind, blockSize=block, double=double,
                  values=bytes_of(values), packed=bytes_of(packed, np.uint8), restored=bytes_of(restored))
    if double:
        golden |= dict(absMaxCodes=bytes_of(state.absmax, np.uint8), absMaxScales=bytes_of(state.state2.absmax), offset=float(state.offset))
    else:
        golden |= dict(absMax=bytes_of(state.absmax))
    return golden


def main():
    random = np.random.default_rng(20)
    table = F.get_4bit_type("nf4", device="cpu").numpy()
    middles = np.concatenate([table, (table[:-1] + table[1:]) / 2]).astype(f32)
    inputs = {
        "normal": random.normal(size=512),
        "numbers and middles": np.concatenate([middles, np.nextafter(middles, f32(9)), np.nextafter(middles, f32(-9)), [1, -1, 0]])[:96],
        "zeros": np.zeros(64),
        "a short last block": random.normal(size=149),
        "tiny": random.normal(size=64) * 1e-39,
        "large": random.normal(size=64) * 1e38,
        "a weight": random.normal(size=64 * 260) * 0.02,
    }
    cases = []
    for name, values in inputs.items():
        for kind in ("nf4", "fp4") if name != "a weight" else ():
            cases.append(case(name, values, kind, 64, False))
    cases.append(case("normal", inputs["normal"], "nf4", 128, False))
    for name in ("normal", "a weight", "zeros"):
        cases.append(case(name, inputs[name], "nf4", 64, True))
    print(json.dumps({"bitsandbytes": bitsandbytes.__version__, "dynamicTable": bytes_of(F.create_dynamic_map()), "cases": cases}, separators=(",", ":")))


main()
