"""Writes methods-golden.json: int8 rows by bitsandbytes, centroids by scikit-learn, a rotation by SciPy, AWQ's search and SmoothQuant's factors by NumPy.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import bitsandbytes.functional as F
import numpy as np
import torch
from scipy.linalg import hadamard
from sklearn.cluster import KMeans

f32 = np.float32


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def rows_by_bitsandbytes(x, threshold):
    codes, absmax, outliers = F.int8_vectorwise_quant(torch.from_numpy(x.copy()), threshold=threshold)
    return dict(codes=encoded(codes.numpy()), absMax=encoded(absmax.numpy().astype(f32)), outlierColumns=[] if outliers is None else outliers.tolist())


def centroids(values, bits):
    start = np.linspace(values.min(), values.max(), 2**bits).reshape(-1, 1)
    found = KMeans(n_clusters=2**bits, init=start, n_init=1, max_iter=300, tol=0).fit(values.reshape(-1, 1).astype(np.float64))
    return dict(bits=bits, centroids=np.sort(found.cluster_centers_.ravel()).tolist(), error=float(found.inertia_ / values.size))


def fake_quantize(w, group):
    blocks = w.reshape(-1, group)
    low, high = np.minimum(blocks.min(1, keepdims=True), f32(0)), np.maximum(blocks.max(1, keepdims=True), f32(0))
    scale = (high - low) / f32(15)
    zero = np.clip(-np.rint(low / scale), 0, 15)
    codes = np.clip(np.rint(blocks * (f32(1) / scale)) + zero, 0, 15)
    return ((codes - zero) * scale).astype(f32).reshape(w.shape)


def awq(x, w, group):
    means = np.abs(x.astype(np.float64)).mean(0)
    losses = []
    for step in range(20):
        s = np.maximum(means ** (step / 20), 1e-4)
        s = (s / np.sqrt(s.max() * s.min())).astype(f32)
        restored = fake_quantize((w * s).astype(f32), group) / s
        losses.append(float(((x.astype(np.float64) @ (w.astype(np.float64) - restored).T) ** 2).mean()))
    return dict(group=group, losses=losses, ratio=int(np.argmin(losses)) / 20)


def main():
    random = np.random.default_rng(19)
    x = random.normal(size=(24, 32)).astype(f32)
    x[:, 5] *= 12
    x[3, 20] = -9
    w = (random.normal(size=(16, 32)) * 0.1).astype(f32)
    values = np.concatenate([random.normal(size=700), random.normal(size=300) * 0.1 + 3]).astype(f32)
    smooth = np.abs(x).max(0).astype(np.float64) ** 0.5 / np.abs(w).max(0).astype(np.float64) ** 0.5
    print(json.dumps(dict(
        x=encoded(x), w=encoded(w), rows=24, inputs=32, outputs=16,
        int8=rows_by_bitsandbytes(x, 0.0), int8Outliers=rows_by_bitsandbytes(x, 6.0),
        product=encoded((x.astype(np.float64) @ w.T.astype(np.float64)).astype(f32)),
        values=encoded(values), clusters=[centroids(values, bits) for bits in (1, 2, 3)],
        rotated=encoded((x.astype(np.float64) @ hadamard(32) / np.sqrt(32)).astype(f32)),
        awq=[awq(x, w, group) for group in (32, 16)], smooth=smooth.tolist(),
    ), separators=(",", ":")))


main()
