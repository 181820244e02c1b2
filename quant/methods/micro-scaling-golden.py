"""Writes micro-scaling-golden.json: MXFP4, MXFP8 and NVFP4 by torchao.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch
import torchao
from torchao.prototype.mx_formats.mx_tensor import MXTensor, to_mx
from torchao.prototype.mx_formats.nvfp4_tensor import nvfp4_quantize, per_tensor_amax_to_scale

f32 = np.float32


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def mx(x, dtype):
    scales, codes = to_mx(x, dtype, 32)
    restored = MXTensor.to_mx(x, dtype, 32).dequantize(torch.float32)
    return dict(scales=encoded(scales.view(torch.uint8).numpy()), codes=encoded(codes.view(torch.uint8).numpy()), restored=encoded(restored.numpy()))


def nvfp4(x, two_level):
    scale = per_tensor_amax_to_scale(x.abs().max()) if two_level else None
    scales, codes = nvfp4_quantize(x, 16, scale)
    return dict(scales=encoded(scales.view(torch.uint8).numpy()), codes=encoded(codes.view(torch.uint8).numpy()), tensorScale=1.0 if scale is None else float(scale))


def main():
    random = np.random.default_rng(22)
    inputs = {
        "normal": random.normal(size=(4, 64)),
        "small weights": random.normal(size=(3, 96)) * 0.02,
        "an outlier": np.where(np.arange(128) == 7, 900, random.normal(size=128)).reshape(2, 64),
        "ties": (np.arange(64) / 8 - 4).reshape(1, 64),
        "zeros": np.zeros((1, 32)),
        "half zeros": np.concatenate([np.zeros((2, 32)), random.normal(size=(2, 32))], axis=1),
        "tiny": random.normal(size=(1, 64)) * 1e-40,
        "large": random.uniform(-1, 1, size=(1, 64)) * 3e38,
    }
    cases = []
    for name, values in inputs.items():
        x = torch.from_numpy(np.asarray(values, dtype=f32))
        case = dict(name=name, shape=list(x.shape), values=encoded(x.numpy()))
        case["mxfp4"] = mx(x, torch.float4_e2m1fn_x2)
        case["mxfp8e4m3"] = mx(x, torch.float8_e4m3fn)
        case["mxfp8e5m2"] = mx(x, torch.float8_e5m2)
        if name not in ("zeros", "tiny"):
            case["nvfp4"] = nvfp4(x, True)
        if name not in ("tiny", "large"):
            case["nvfp4OneLevel"] = nvfp4(x, False)
        cases.append(case)
    print(json.dumps({"torchao": torchao.__version__, "cases": cases}, separators=(",", ":")))


main()
