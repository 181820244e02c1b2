"""Writes golden.safetensors with the safetensors package: one tensor of each dtype that torch has.

Run by quant/goldens/write.py.
"""

import sys

import torch
from safetensors.torch import save_file

numbers = torch.tensor([[1.5, -2.0, 0.0], [0.25, 100.0, -0.5]])
dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F8_E4M3": torch.float8_e4m3fn,
          "F8_E5M2": torch.float8_e5m2, "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8}
tensors = {name: numbers.to(dtype) for name, dtype in dtypes.items()}
tensors |= {"U8": numbers.abs().to(torch.uint8), "BOOL": numbers > 0, "scalar": torch.tensor(3.0), "empty": torch.zeros(0, 4)}
save_file(tensors, sys.argv[1], metadata={"format": "pt", "made by": "safetensors"})
