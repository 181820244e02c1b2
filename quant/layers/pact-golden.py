"""Writes pact-golden.json: PACT and its gradients by PyTorch's autograd, from the paper's first equation and a rounding that counts as the identity.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch


def encoded(tensor):
    return base64.b64encode(np.ascontiguousarray(tensor.detach().numpy().astype(np.float32)).tobytes()).decode()


def main():
    random = np.random.default_rng(3)
    cases = []
    for bits, start in ((2, 1.0), (4, 0.7), (8, 6.0)):
        x = torch.from_numpy(random.normal(size=300).astype(np.float32) * start).requires_grad_()
        dy = torch.from_numpy(random.normal(size=300).astype(np.float32))
        alpha = torch.tensor(start, requires_grad=True)
        clipped = 0.5 * (x.abs() - (x - alpha).abs() + alpha)
        # The steps of the codes as they are computed, so that ties fall alike.
        scale = alpha / (2**bits - 1)
        codes = torch.clamp(torch.round(torch.relu(x) / scale), max=2**bits - 1)
        y = clipped + (codes * scale - clipped).detach()
        y.backward(dy)
        cases.append(dict(bits=bits, alpha=start, x=encoded(x), dy=encoded(dy), y=encoded(codes * scale), dx=encoded(x.grad), dAlpha=float(alpha.grad)))
    print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))


main()
