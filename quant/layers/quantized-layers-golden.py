"""Writes quantized-layers-golden.json: layers whose kernels PyTorch snaps, forward and backward, in TensorFlow's layouts.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch
import torch.nn.functional as F

f32 = np.float32


def encoded(tensor):
    return base64.b64encode(np.ascontiguousarray(tensor.detach().numpy().astype(f32)).tobytes()).decode()


def snapped(kernel, bits, axis):
    """Symmetric, scale = absMax / qmax: of all, or of each index along the axis."""
    qmin, qmax = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    with torch.no_grad():
        if axis is None:
            scale = (kernel.abs().max() / qmax).reshape(1)
        else:
            scale = kernel.abs().amax([a for a in range(kernel.dim()) if a != axis]) / qmax
    if axis is None:
        return torch.fake_quantize_per_tensor_affine(kernel, float(scale), 0, qmin, qmax), scale
    return torch.fake_quantize_per_channel_affine(kernel, scale, torch.zeros(len(scale), dtype=torch.int32), axis, qmin, qmax), scale


def main():
    random = np.random.default_rng(8)
    draw = lambda *shape: torch.from_numpy(random.normal(size=shape).astype(f32)).requires_grad_()
    cases = []
    settings = [(kind, bits, per) for kind in ("dense", "conv2d", "depthwise") for bits, per in ((2, "channel"), (4, "tensor"), (8, "channel"))]
    for kind, bits, per in settings:
        channel = per == "channel"
        if kind == "dense":
            # [in, units]
            x, kernel, bias = draw(5, 6), draw(6, 4), draw(4)
            weights, scale = snapped(kernel, bits, 1 if channel else None)
            y = torch.relu(x @ weights + bias)
        elif kind == "conv2d":
            # x [n, h, w, c], kernel [h, w, c, filters]; stride 2 × 1, dilation 1 × 2, valid
            x, kernel, bias = draw(2, 7, 8, 3), draw(3, 2, 3, 4), draw(4)
            weights, scale = snapped(kernel, bits, 3 if channel else None)
            y = torch.relu(F.conv2d(x.permute(0, 3, 1, 2), weights.permute(3, 2, 0, 1), bias, stride=(2, 1)).permute(0, 2, 3, 1))
        else:
            # kernel [h, w, c, multiplier]; output channel c · multiplier + m; stride 2, a padding of 1 all around (TensorFlow's "same" for 7)
            x, kernel, bias = draw(2, 7, 7, 3), draw(3, 3, 3, 2), draw(6)
            flat, scale = snapped(kernel.reshape(3, 3, 6), bits, 2 if channel else None)
            weights = flat.permute(2, 0, 1).unsqueeze(1)
            y = torch.relu(F.conv2d(x.permute(0, 3, 1, 2), weights, bias, stride=2, padding=1, groups=3).permute(0, 2, 3, 1))
        dy = torch.from_numpy(random.normal(size=y.shape).astype(f32))
        y.backward(dy)
        arrays = dict(x=x, kernel=kernel, bias=bias, scale=scale, y=y, dy=dy, dx=x.grad, dKernel=kernel.grad, dBias=bias.grad)
        shapes = {name: list(array.shape) for name, array in arrays.items()}
        cases.append(dict(kind=kind, bits=bits, per=per, shapes=shapes, **{name: encoded(array) for name, array in arrays.items()}))
    print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))


main()
