"""Writes golden.json: what torch.amp.GradScaler does step by step, and PyTorch's casts to half and bfloat16, forward and backward.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch


def encoded(tensor):
    return base64.b64encode(np.ascontiguousarray(tensor.detach().numpy().astype(np.float32)).tobytes()).decode()


def scaler(random, options, steps, rate):
    scale = torch.amp.GradScaler("cpu", init_scale=options["initialScale"], growth_factor=options["growthFactor"], backoff_factor=options["backoffFactor"], growth_interval=options["growthInterval"])
    weight = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.125)
    slopes, scales, weights = [], [], []
    for step in range(steps):
        slope = random.normal(size=2).astype(np.float32)
        kind = random.random()
        if kind < rate:
            slope[step % 2] = [np.inf, -np.inf, np.nan][step % 3]
        optimizer.zero_grad()
        scale.scale((weight * torch.from_numpy(slope)).sum()).backward()
        scale.step(optimizer)
        scale.update()
        slopes.append([str(value) for value in slope])
        scales.append(scale.get_scale())
        weights.append(weight.tolist())
    return dict(options=options, slopes=slopes, scales=scales, weights=weights)


def main():
    random = np.random.default_rng(14)
    runs = [
        scaler(random, dict(initialScale=65536.0, growthFactor=2.0, backoffFactor=0.5, growthInterval=3), 40, 0.2),
        scaler(random, dict(initialScale=1024.0, growthFactor=1.7, backoffFactor=0.3, growthInterval=2), 40, 0.3),
        scaler(random, dict(initialScale=2.0**126, growthFactor=2.0, backoffFactor=0.5, growthInterval=1), 6, 0),
    ]
    casts = []
    for name, dtype in (("float16", torch.float16), ("bfloat16", torch.bfloat16)):
        x, dy = (torch.from_numpy((random.normal(size=200) * 10.0 ** random.integers(-9, 6, size=200)).astype(np.float32)) for _ in range(2))
        x.requires_grad_()
        y = x.to(dtype).float()
        y.backward(dy)
        casts.append(dict(format=name, x=encoded(x), dy=encoded(dy), y=encoded(y), dx=encoded(x.grad)))
    print(json.dumps(dict(torch=torch.__version__, runs=runs, casts=casts), separators=(",", ":")))


main()
