"""Writes golden.json: a QLoRA layer in PyTorch on a base by bitsandbytes: codes, outputs, gradients, and the adapters after steps of SGD.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import bitsandbytes.functional as F
import numpy as np
import torch


def encoded(array, dtype=np.float32):
    array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
    return base64.b64encode(np.ascontiguousarray(array.astype(dtype)).tobytes()).decode()


def case(random, kind, double, inputs=40, units=24, rank=4, alpha=6.0, rows=6):
    tensor = lambda *shape: torch.from_numpy(random.normal(size=shape).astype(np.float32))
    w, bias, x, dy = tensor(units, inputs) * 0.2, tensor(units), tensor(rows, inputs), tensor(rows, units)
    packed, state = F.quantize_4bit(w, blocksize=64, quant_type=kind, compress_statistics=double)
    base = F.dequantize_4bit(packed, state).reshape(units, inputs)
    a, b = (tensor(*shape) * 0.3 for shape in ((rank, inputs), (units, rank)))
    first = [a.clone(), b.clone()]
    for leaf in (a, b, x):
        leaf.requires_grad_()

    def forward():
        return torch.relu(x @ base.T + bias + alpha / rank * (x @ a.T) @ b.T)

    y = forward()
    y.backward(dy)
    gradients = [a.grad.clone(), b.grad.clone(), x.grad.clone()]
    optimizer = torch.optim.SGD([a, b], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        (forward() ** 2).mean().backward()
        optimizer.step()
    return dict(codebook=kind, doubleQuantization=double, rank=rank, alpha=alpha, inputs=inputs, units=units, rows=rows,
                kernel=encoded(w.T), bias=encoded(bias), packed=encoded(packed.numpy(), np.uint8), x=encoded(x), dy=encoded(dy),
                a=encoded(first[0].T), b=encoded(first[1].T), y=encoded(y), da=encoded(gradients[0].T), db=encoded(gradients[1].T), dx=encoded(gradients[2]),
                trainedA=encoded(a.T), trainedB=encoded(b.T))


def main():
    random = np.random.default_rng(21)
    cases = [case(random, "nf4", True), case(random, "fp4", False), case(random, "nf4", True, inputs=33, units=7, rank=1, alpha=16.0)]
    print(json.dumps(dict(torch=torch.__version__, cases=cases), separators=(",", ":")))


main()
