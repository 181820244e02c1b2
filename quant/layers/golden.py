"""Writes golden.json: PyTorch's fake quantization and its gradients.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch

f32 = np.float32


def encoded(tensor):
    return base64.b64encode(np.ascontiguousarray(tensor.detach().numpy().astype(f32)).tobytes()).decode()


def inputs(random, scale, zero_point, qmin, qmax):
    """Normal values, every middle between two codes, its float32 neighbours, and what lies beyond both ends; 12 columns."""
    middles = (np.arange(qmin - 3, qmax + 3) - zero_point + 0.5) * scale
    middles = middles[:: max(1, len(middles) // 40)].astype(f32)
    beside = [np.nextafter(middles, f32(end)) for end in (-np.inf, np.inf)]
    values = np.concatenate([random.normal(size=240) * scale * (qmax - qmin) / 4, middles, *beside]).astype(f32)
    return torch.from_numpy(values[: len(values) // 12 * 12].reshape(-1, 12).copy())


def main():
    random = np.random.default_rng(15)
    cases = []
    for scale, zero_point, qmin, qmax in ((0.1, 0, -128, 127), (0.0237, 7, -128, 127), (0.3, 3, 0, 15), (0.7, 0, -2, 1), (1 / 3, 128, 0, 255)):
        x = inputs(random, scale, zero_point, qmin, qmax).requires_grad_()
        dy = torch.from_numpy(random.normal(size=x.shape).astype(f32))
        y = torch.fake_quantize_per_tensor_affine(x, scale, zero_point, qmin, qmax)
        y.backward(dy)
        cases.append(dict(kind="tensor", scale=[float(f32(scale))], zeroPoint=[zero_point], qmin=qmin, qmax=qmax, x=encoded(x), dy=encoded(dy), y=encoded(y), dx=encoded(x.grad)))
        scales = torch.from_numpy((scale * random.uniform(0.5, 2, size=12)).astype(f32))
        zeros = torch.full((12,), zero_point, dtype=torch.int32)
        x = x.detach().clone().requires_grad_()
        y = torch.fake_quantize_per_channel_affine(x, scales, zeros, 1, qmin, qmax)
        y.backward(dy)
        cases.append(dict(kind="channel", scale=scales.tolist(), zeroPoint=[zero_point], qmin=qmin, qmax=qmax, x=encoded(x), dy=encoded(dy), y=encoded(y), dx=encoded(x.grad)))
        if zero_point != 0:
            # There PyTorch's learnable op adds the zero point before it rounds, unlike its other two: ties fall elsewhere.
            continue
        x = x.detach().clone().requires_grad_()
        learned = torch.tensor([scale], requires_grad=True)
        y = torch._fake_quantize_learnable_per_tensor_affine(x, learned, torch.tensor([float(zero_point)]), qmin, qmax, 1.0)
        y.backward(dy)
        cases.append(dict(kind="learned", scale=[float(f32(scale))], zeroPoint=[zero_point], qmin=qmin, qmax=qmax, x=encoded(x), dy=encoded(dy), y=encoded(y), dx=encoded(x.grad), dScale=float(learned.grad)))
    print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))


main()
