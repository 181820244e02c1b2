"""Writes golden.json: codes, scales and restored values by NumPy's float32, an implementation that shares nothing with ours.

Run by quant/goldens/write.py. Numbers travel as the bits of float32, so that none is rounded.
"""

import json

import numpy as np

f32 = np.float32


def qparams(values, qmin, qmax, symmetric):
    if symmetric:
        scale, zero_point = f32(np.abs(values).max()) / f32(qmax), 0
    else:
        low, high = min(values.min(), f32(0)), max(values.max(), f32(0))
        scale = f32(high - low) / f32(qmax - qmin)
        zero_point = int(np.clip(qmin - np.rint(low / (scale or f32(1))), qmin, qmax))
    return (scale or f32(1)), zero_point


def case(name, values, qmin, qmax, symmetric):
    values = np.asarray(values, dtype=f32)
    scale, zero_point = qparams(values, qmin, qmax, symmetric)
    # Multiplied by the inverse, as PyTorch's CPU kernels do; np.rint sends ties to the even number.
    codes = np.clip(np.rint(values * (f32(1) / scale)).astype(np.int64) + zero_point, qmin, qmax)
    restored = scale * (codes - zero_point).astype(f32)
    bits = lambda array: np.asarray(array, dtype=f32).view(np.uint32).reshape(-1).tolist()
    return dict(name=name, qmin=qmin, qmax=qmax, scheme="symmetric" if symmetric else "asymmetric", values=bits(values),
                scale=bits(scale)[0], zeroPoint=zero_point, codes=codes.tolist(), restored=bits(restored))


def main():
    random = np.random.default_rng(4)
    inputs = {
        "normal": random.normal(size=200),
        "uniform": random.uniform(-0.044, 0.044, size=200),
        "positive": np.abs(random.normal(size=100)),
        "negative": -np.abs(random.normal(size=100)) - 1,
        "ties": np.arange(-127, 127.5, 0.5),
        "an outlier": np.append(random.normal(size=99), 1000),
        "tiny": random.normal(size=50) * 1e-30,
        "huge": random.normal(size=50) * 1e30,
        "zeros": np.zeros(5),
        "one element": np.array([-3.7]),
    }
    types = {"int8": (-128, 127), "int4": (-8, 7), "int2": (-2, 1)}
    unsigned = {"uint8": (0, 255), "uint4": (0, 15)}
    cases = [case(f"{name}, {qtype}, symmetric", values, *bounds, True) for name, values in inputs.items() for qtype, bounds in types.items()]
    cases += [case(f"{name}, {qtype}, asymmetric", values, *bounds, False) for name, values in inputs.items() for qtype, bounds in {**types, **unsigned}.items()]
    print("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]")


main()
