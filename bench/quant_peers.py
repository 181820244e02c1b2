"""What bench/quant.ts compares with: on each line of input, how often and the name of a measurement; on each line of output, its milliseconds of CPU each time.

usage: quant_peers.py [LIBGGML]: llama.cpp's libggml-base.so, for what gguf-py cannot quantize
"""

import ctypes
import sys
import time
import warnings

import bitsandbytes.functional as F
import numpy as np
import torch
from gguf import quants
from gguf.constants import GGMLQuantizationType as Type

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(1)
MILLION = 1 << 20
SIZE = 1024
x = torch.randn(MILLION)
trained = torch.randn(MILLION, requires_grad=True)
dy = torch.randn(MILLION)
rows = x.numpy().reshape(SIZE, SIZE)


def forward_backward():
    trained.grad = None
    torch.fake_quantize_per_tensor_affine(trained, 0.02, 0, -128, 127).backward(dy)


def make_qat_step():
    sizes = [256, 128, 64, 10]
    kernels = [torch.nn.Parameter(torch.randn(after, before) * 0.05) for before, after in zip(sizes, sizes[1:])]
    biases = [torch.nn.Parameter(torch.zeros(after)) for after in sizes[1:]]
    zeros = [torch.zeros(after, dtype=torch.int32) for after in sizes[1:]]
    inputs, labels = torch.randn(64, 256), torch.arange(64) % 10
    optimizer = torch.optim.Adam(kernels + biases, lr=1e-3)

    def step():
        optimizer.zero_grad()
        h = inputs
        for i, (kernel, bias, zero) in enumerate(zip(kernels, biases, zeros)):
            scale = (kernel.detach().abs().amax(1) / 127).clamp_min(1e-8)
            h = torch.nn.functional.linear(h, torch.fake_quantize_per_channel_affine(kernel, scale, zero, 0, -128, 127), bias)
            h = h if i == 2 else h.relu()
        torch.nn.functional.cross_entropy(h, labels).backward()
        optimizer.step()

    return step


def make_linear(dynamic):
    model = torch.nn.Sequential(torch.nn.Linear(SIZE, SIZE)).eval()
    if dynamic:
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, torch.qint8)
    inputs = x[: 32 * SIZE].reshape(32, SIZE)

    def run():
        with torch.inference_mode():
            model(inputs)

    return run


def make_llama_cpp(qtype):
    """One call of llama.cpp's quantizer for all rows."""
    library = ctypes.CDLL(sys.argv[1])
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    out = np.zeros(2 * MILLION, np.uint8)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    return lambda: library.ggml_quantize_chunk(
        ctypes.c_int(qtype), pointer(rows), pointer(out), ctypes.c_int64(0), ctypes.c_int64(SIZE), ctypes.c_int64(SIZE), None
    )


def make_hessian():
    """In float64, as ours."""
    activations = torch.randn(2 * SIZE, SIZE) + (torch.arange(SIZE) % 7) * 0.05

    def run():
        double = activations.double()
        return 2 / len(double) * double.T @ double

    return run


def make_gptq(size, group=128, block=128):
    """GPTQ's published algorithm in float32, column by column within blocks."""
    weights = torch.randn(size, size)
    activations = torch.randn(512, size) + (torch.arange(size) % 7) * 0.05
    hessian = 2 / len(activations) * activations.T @ activations

    def run():
        w, h = weights.clone(), hessian.clone()
        h += 0.01 * torch.mean(torch.diag(h)) * torch.eye(size)
        u = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
        for start in range(0, size, block):
            end = start + block
            part, errors, inner = w[:, start:end].clone(), torch.zeros(size, block), u[start:end, start:end]
            for i in range(block):
                column, d = part[:, i], inner[i, i]
                if (start + i) % group == 0:
                    scale = w[:, start + i : start + i + group].abs().amax(1) / 7
                error = (column - torch.clamp(torch.round(column / scale), -8, 7) * scale) / d
                part[:, i:] -= torch.outer(error, inner[i, i:])
                errors[:, i] = error
            w[:, end:] -= errors @ u[start:end, end:]

    return run


makers = {
    "fake-quant forward": lambda: lambda: torch.fake_quantize_per_tensor_affine(x, 0.02, 0, -128, 127),
    "fake-quant forward and backward": lambda: forward_backward,
    "QAT step": make_qat_step,
    "Q8_0": lambda: lambda: quants.quantize(rows, Type.Q8_0),
    "Q4_0": lambda: lambda: quants.quantize(rows, Type.Q4_0),
    "Q4_K": lambda: make_llama_cpp(Type.Q4_K),
    "Q6_K": lambda: make_llama_cpp(Type.Q6_K),
    "NF4": lambda: lambda: F.quantize_4bit(x, blocksize=64, quant_type="nf4"),
    "linear float32": lambda: make_linear(False),
    "linear int8": lambda: make_linear(True),
    "Hessian": make_hessian,
}
ready = {}

for line in sys.stdin:
    calls, name = line.strip().split(" ", 1)
    if name not in ready:
        ready[name] = make_gptq(int(name.split()[1])) if name.startswith("GPTQ") else makers[name]()
    start = time.process_time()
    for _ in range(int(calls)):
        ready[name]()
    print((time.process_time() - start) * 1000 / int(calls), flush=True)
