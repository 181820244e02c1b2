"""Writes golden.json: the ranges that torch.ao's and onnxruntime's observers find on the same batches.

Run by quant/goldens/write.py. Numbers as the bits of float32.
"""

import contextlib
import io
import json

import numpy as np
import torch
from onnxruntime.quantization.calibrate import HistogramCollector
from torch.ao.quantization import observer as torch_ao

f32 = np.float32


def bits(values):
    return np.asarray(values, dtype=f32).reshape(-1).view(np.uint32).tolist()


def batches(name):
    random = np.random.default_rng(10)
    if name == "normal":
        return [random.normal(size=1000).astype(f32) for _ in range(3)]
    if name == "post-ReLU with outliers":
        return [np.append(np.maximum(random.normal(size=900), 0), random.uniform(20, 60, size=3)).astype(f32) for _ in range(3)]
    if name == "growing":
        return [(random.normal(size=600) * 2**i + i).astype(f32) for i in range(4)]
    if name == "shrinking":
        return [(random.normal(size=600) * 2.0**-i).astype(f32) for i in range(3)]
    if name == "constant":
        return [np.full(50, 1.5, f32), np.full(50, 1.5, f32)]
    if name == "constant, then not":
        return [np.full(50, 1.5, f32), random.normal(size=500).astype(f32)]
    if name == "heavy tails":
        return [random.standard_t(2, size=2000).astype(f32) for _ in range(2)]
    if name == "negative":
        return [(-np.abs(random.normal(size=700)) - 1).astype(f32) for _ in range(2)]
    raise KeyError(name)


NAMES = ["normal", "post-ReLU with outliers", "growing", "shrinking", "constant", "constant, then not", "heavy tails", "negative"]


def torch_range(observer, data):
    for batch in data:
        observer(torch.from_numpy(batch))
    if isinstance(observer, torch_ao.HistogramObserver):
        low, high = observer._non_linear_param_search()
    else:
        low, high = observer.min_val, observer.max_val
    scale, zero_point = observer.calculate_qparams()
    return {"min": bits([float(low)])[0], "max": bits([float(high)])[0], "scale": bits([float(scale)])[0], "zeroPoint": int(zero_point)}


def collected(data, method, percentile=99.9, bins=128):
    collector = HistogramCollector(method, False, bins, 128, percentile, "same")
    with contextlib.redirect_stdout(io.StringIO()):
        for batch in data:
            collector.collect({"x": batch})
        low, high = collector.compute_collection_result()["x"][:2]
    return {"min": bits([float(low)])[0], "max": bits([float(high)])[0]}


def main():
    goldens = []
    for name in NAMES:
        data = batches(name)
        symmetric = dict(dtype=torch.qint8, qscheme=torch.per_tensor_symmetric)
        goldens.append({
            "name": name,
            "batches": [bits(batch) for batch in data],
            "minMax": torch_range(torch_ao.MinMaxObserver(), data),
            "minMaxSymmetric": torch_range(torch_ao.MinMaxObserver(**symmetric), data),
            "movingAverage": torch_range(torch_ao.MovingAverageMinMaxObserver(averaging_constant=0.1), data),
            "histogram": torch_range(torch_ao.HistogramObserver(), data),
            "histogram4": torch_range(torch_ao.HistogramObserver(bins=256), data),
            "percentile": collected(data, "percentile", bins=2048),
            "percentile99": collected(data, "percentile", percentile=99.0, bins=2048),
            "entropy": collected(data, "entropy", bins=128),
            "entropyFine": collected(data, "entropy", bins=1001),
        })
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    print(json.dumps({"versions": versions, "goldens": goldens}, separators=(",", ":")))


main()
