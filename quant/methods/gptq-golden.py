"""Writes gptq-golden.json: codes, scales and loss of GPTQ written out column by column in NumPy's float64, with H inverted and factorized as published.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np

f32 = np.float32


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def qparams(values, qmin, qmax, symmetric):
    values = values.astype(f32)
    if symmetric:
        scale = f32(np.abs(values).max()) / f32(qmax)
        return (scale if scale > 0 else f32(1)), 0
    low, high = min(values.min(), f32(0)), max(values.max(), f32(0))
    scale = f32(high - low) / f32(qmax - qmin)
    scale = scale if scale > 0 else f32(1)
    return scale, int(np.clip(qmin - np.rint(f32(low) / scale), qmin, qmax))


def gptq(w, x, qmin, qmax, symmetric, group, act_order, damp=0.01):
    rows, columns = w.shape
    w = w.astype(np.float64)
    h = 2 / x.shape[0] * x.astype(np.float64).T @ x.astype(np.float64)
    dead = np.diag(h) == 0
    h[dead, dead] = 1
    static = w.copy()
    w[:, dead] = 0
    order = np.lexsort((np.arange(columns), -np.diag(np.where(dead, 0, 1) * h))) if act_order else np.arange(columns)
    w, h = w[:, order], h[order][:, order]
    h += damp * np.mean(np.diag(h)) * np.eye(columns)
    u = np.linalg.cholesky(np.linalg.inv(h)).T
    codes = np.zeros((rows, columns), np.int64)
    scales, zeros = np.zeros((rows, columns // group), f32), np.zeros((rows, columns // group), np.int64)
    choose = lambda g, block: [qparams(block[r], qmin, qmax, symmetric) for r in range(rows)]
    if act_order:
        for g in range(columns // group):
            for r, (s, z) in enumerate(choose(g, static[:, g * group : (g + 1) * group])):
                scales[r, g], zeros[r, g] = s, z
    loss = 0.0
    for i in range(columns):
        g = order[i] // group
        if not act_order and i % group == 0:
            for r, (s, z) in enumerate(choose(g, w[:, i : i + group])):
                scales[r, g], zeros[r, g] = s, z
        s, z = scales[:, g], zeros[:, g]
        q = np.clip(np.rint(w[:, i].astype(f32) * (f32(1) / s)).astype(np.int64) + z, qmin, qmax)
        codes[:, order[i]] = q
        error = (w[:, i] - (s * (q - z).astype(f32)).astype(np.float64)) / u[i, i]
        loss += float((error**2).sum() / 2)
        w[:, i + 1 :] -= np.outer(error, u[i, i + 1 :])
    return codes, scales, zeros, loss


def main():
    random = np.random.default_rng(18)
    outputs, inputs = 12, 64
    mixing = random.normal(size=(inputs, inputs)) * 0.3 + np.eye(inputs)
    x = (random.normal(size=(256, inputs)) @ mixing).astype(f32)
    x[:, 17] = 0
    w = (random.normal(size=(outputs, inputs)) * 0.1).astype(f32)
    settings = [
        ("4 bits, rows", -8, 7, True, 64, False),
        ("4 bits, groups of 16", -8, 7, True, 16, False),
        ("3 bits, groups of 32, asymmetric", 0, 7, False, 32, False),
        ("2 bits, groups of 32, asymmetric", 0, 3, False, 32, False),
        ("8 bits, rows", -128, 127, True, 64, False),
        ("4 bits, groups of 16, act-order", -8, 7, True, 16, True),
        ("4 bits, rows, act-order", -8, 7, True, 64, True),
    ]
    goldens = []
    for name, qmin, qmax, symmetric, group, act_order in settings:
        codes, scales, zeros, loss = gptq(w, x, qmin, qmax, symmetric, group, act_order)
        goldens.append(dict(name=name, bits=int(np.log2(qmax - qmin + 1)), symmetric=symmetric, group=group, actOrder=act_order,
                            codes=encoded(codes.astype(np.int32)), scales=encoded(scales), zeroPoints=encoded(zeros.astype(np.int32)), loss=loss))
    print(json.dumps(dict(outputs=outputs, inputs=inputs, weights=encoded(w), activations=encoded(x), goldens=goldens), separators=(",", ":")))


main()
