"""Writes bitsandbytes-golden.safetensors: weights in NF4 and FP4 as bitsandbytes saves them, and what it makes of them again.

Run by quant/goldens/write.py.
"""

import sys

import torch
from bitsandbytes import functional
from safetensors.torch import save_file

tensors = {}
for name, kind, shape in [("a.weight", "nf4", (5, 64)), ("b.weight", "nf4", (3, 33)), ("c.weight", "fp4", (2, 128))]:
    x = torch.sin(torch.arange(shape[0] * shape[1], dtype=torch.float64) ** 2).to(torch.float32).reshape(shape)
    packed, state = functional.quantize_4bit(x, blocksize=64, quant_type=kind)
    tensors[name] = packed
    for key, value in state.as_dict(packed=True).items():
        tensors[f"{name}.{key}"] = value
    tensors[f"{name} original"] = x
    # Its CPU kernel mistakes the blocks of rows that are no whole number of them: those by its own codes and tables.
    codes = torch.stack([packed.flatten() >> 4, packed.flatten() & 15], 1).flatten()[: x.numel()].long()
    by_hand = (state.code[codes] * state.absmax.repeat_interleave(64)[: x.numel()]).reshape(shape)
    if shape[1] % 64 == 0:
        assert torch.equal(by_hand, functional.dequantize_4bit(packed, state))
    tensors[f"{name} restored"] = by_hand
# Their absMax in 8 bits: 260 blocks, so that there are two scales of them.
for name, kind, shape in [("d.weight", "nf4", (130, 128)), ("e.weight", "fp4", (2, 64))]:
    x = torch.sin(torch.arange(shape[0] * shape[1], dtype=torch.float64) ** 2 * 0.7).to(torch.float32).reshape(shape) * torch.linspace(0.1, 3, shape[0])[:, None]
    packed, state = functional.quantize_4bit(x, blocksize=64, quant_type=kind, compress_statistics=True)
    tensors[name] = packed
    for key, value in state.as_dict(packed=True).items():
        tensors[f"{name}.{key}"] = value
    tensors[f"{name} restored"] = functional.dequantize_4bit(packed, state)
tensors["bias"] = torch.arange(3.0)
save_file(tensors, sys.argv[1])
