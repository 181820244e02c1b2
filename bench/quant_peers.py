"""What bench/quant.ts compares with: on each line of input, the name of a measurement; on each line of output, milliseconds."""

import sys
import time

import bitsandbytes.functional as F
import numpy as np
import torch
from gguf import quants
from gguf.constants import GGMLQuantizationType as Type

torch.manual_seed(1)
MILLION = 1 << 20
x = torch.randn(MILLION)
trained = torch.randn(MILLION, requires_grad=True)
dy = torch.randn(MILLION)
rows = x.numpy().reshape(1024, 1024)
SIZE = 1024
weights = torch.randn(SIZE, SIZE)
activations = torch.randn(2048, SIZE) + (torch.arange(SIZE) % 7) * 0.05
hessian = 2 / 2048 * activations.T @ activations


def forward_backward():
    trained.grad = None
    torch.fake_quantize_per_tensor_affine(trained, 0.02, 0, -128, 127).backward(dy)


def gptq(group=128, block=128):
    """GPTQ's published algorithm, column by column within blocks."""
    w, h = weights.clone(), hessian.clone()
    h += 0.01 * torch.mean(torch.diag(h)) * torch.eye(SIZE)
    u = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
    for start in range(0, SIZE, block):
        end = start + block
        part, errors, inner = w[:, start:end].clone(), torch.zeros(SIZE, block), u[start:end, start:end]
        for i in range(block):
            column, d = part[:, i], inner[i, i]
            if (start + i) % group == 0:
                scale = w[:, start + i : start + i + group].abs().amax(1) / 7
            error = (column - torch.clamp(torch.round(column / scale), -8, 7) * scale) / d
            part[:, i:] -= torch.outer(error, inner[i, i:])
            errors[:, i] = error
        w[:, end:] -= errors @ u[start:end, end:]


measurements = {
    "fake-quant forward": lambda: torch.fake_quantize_per_tensor_affine(x, 0.02, 0, -128, 127),
    "fake-quant forward and backward": forward_backward,
    "Q8_0": lambda: quants.quantize(rows, Type.Q8_0),
    "Q4_0": lambda: quants.quantize(rows, Type.Q4_0),
    "NF4": lambda: F.quantize_4bit(x, blocksize=64, quant_type="nf4"),
    "GPTQ": gptq,
}

for line in sys.stdin:
    measure = measurements[line.strip()]
    measure()
    count = 1 if line.strip() == "GPTQ" else 20
    times = []
    for _ in range(count):
        start = time.perf_counter()
        measure()
        times.append((time.perf_counter() - start) * 1000)
    print(sorted(times)[len(times) // 2], flush=True)
