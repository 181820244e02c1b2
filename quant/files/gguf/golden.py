"""Writes golden.gguf with gguf-py: a file of metadata of every type and of tensors in several types, which ours must read, and write byte for byte.

Run by quant/goldens/write.py.
"""

import sys

import numpy as np
from gguf import GGUFWriter, quants
from gguf.constants import GGMLQuantizationType as Type

writer = GGUFWriter(sys.argv[1], "llama")
writer.add_uint8("test.uint8", 200)
writer.add_int8("test.int8", -100)
writer.add_uint16("test.uint16", 60000)
writer.add_int16("test.int16", -30000)
writer.add_uint32("test.uint32", 4000000000)
writer.add_int32("test.int32", -2000000000)
writer.add_float32("test.float32", 0.1)
writer.add_uint64("test.uint64", 2**63)
writer.add_int64("test.int64", -(2**62))
writer.add_float64("test.float64", 0.1)
writer.add_bool("test.bool", True)
writer.add_string("test.string", "quantización ✓")
writer.add_array("test.strings", ["a", "", "ß"])
writer.add_array("test.numbers", [1, -2, 3])
writer.add_array("test.floats", [0.5, -1.5])
values = np.arange(2 * 3 * 32, dtype=np.float32).reshape(2, 3, 32) / 100 - 1
writer.add_tensor("float", values)
writer.add_tensor("half", values.astype(np.float16))
writer.add_tensor("eight", quants.quantize(values, Type.Q8_0), raw_dtype=Type.Q8_0)
writer.add_tensor("scalar", np.array([3.5], dtype=np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
