"""Writes golden.onnx, a model with tensors of every type, stored as raw bytes and as typed numbers, and attributes of every kind; and golden.json:
what the tensors hold, and the hashes of models of ours that onnx.checker has passed.

Run by quant/goldens/write.py.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

VALUES = [1.5, -2.0, 0.0, 0.25, 96.0, -0.5]
NAMES = [name for name in TensorProto.DataType.keys() if name not in ("UNDEFINED", "STRING", "COMPLEX64", "COMPLEX128", "FLOAT6E2M3", "FLOAT6E3M2")]


def tensors():
    for name in NAMES:
        dtype = TensorProto.DataType.Value(name)
        signed = not name.startswith("U") and name != "BOOL"
        small = name in ("INT4", "UINT4", "INT2", "UINT2", "BOOL")
        values = [1, -2, 0, 1, -1] if small else VALUES[:5] if name.startswith("FLOAT4") else VALUES
        if not signed:
            values = [abs(value) for value in values]
        if name == "FLOAT8E8M0":
            values = [1, 2, 0.5, 2.0**-20, 2.0**90, 4]
        if name == "BOOL":
            values = [1, 0, 0, 1, 1]
        array = np.array(values).astype(helper.tensor_dtype_to_np_dtype(dtype))
        raw = numpy_helper.from_array(array, f"{name} raw")
        yield raw, array
        typed = TensorProto(name=f"{name} typed", dims=array.shape, data_type=dtype)
        data = raw.raw_data
        if name in ("FLOAT", "DOUBLE"):
            getattr(typed, f"{name.lower()}_data").extend(array.tolist())
        elif name == "INT64":
            typed.int64_data.extend(array.tolist())
        elif name in ("UINT32", "UINT64"):
            typed.uint64_data.extend(array.tolist())
        elif name in ("INT8", "INT16", "INT32", "UINT8", "UINT16", "BOOL"):
            typed.int32_data.extend(int(value) for value in array)
        else:
            # The bits of small floats and of packed integers, as unsigned numbers.
            typed.int32_data.extend(np.frombuffer(data, np.uint16 if name in ("FLOAT16", "BFLOAT16") else np.uint8).tolist())
        assert numpy_helper.to_array(typed).astype(np.float32).tolist() == array.astype(np.float32).tolist(), name
        yield typed, array


def model():
    pairs = list(tensors())
    made = [tensor for tensor, _ in pairs]
    made.append(numpy_helper.from_array(np.array(3.5, np.float32), "scalar"))
    made.append(numpy_helper.from_array(np.zeros((0, 4), np.float32), "empty"))
    made.append(helper.make_tensor("texts", TensorProto.STRING, [2], [b"a", b"b"]))
    made.append(helper.make_tensor("complex", TensorProto.COMPLEX64, [1], [1 + 2j]))
    outside = TensorProto(name="outside", dims=[4], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value="../weights.bin")
    branch = helper.make_graph([helper.make_node("Identity", ["x"], ["inner"])], "branch", [], [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [])])
    nodes = [
        helper.make_node("Constant", [], ["constant"], name="c", value=numpy_helper.from_array(np.array([1, 2], np.float32), "")),
        helper.make_node("Conv", ["x", "FLOAT raw", ""], ["y"], name="conv", strides=[1, 2], auto_pad="SAME_UPPER", group=3),
        helper.make_node("Made", ["y"], ["z"], domain="snapgrid.test", alpha=0.5, names=["a", "b"], scales=[0.5, -1.5]),
        helper.make_node("If", ["BOOL raw"], ["w"], then_branch=branch, else_branch=branch),
    ]
    graph = helper.make_graph(
        nodes,
        "golden graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, None, 8])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1]), helper.make_tensor_value_info("w", TensorProto.FLOAT16, None)],
        initializer=[*made, outside],
    )
    proto = helper.make_model(graph, producer_name="golden.py", ir_version=11, opset_imports=[helper.make_opsetid("", 23), helper.make_opsetid("snapgrid.test", 1)])
    proto.metadata_props.add(key="made by", value="onnx ✓")
    return proto, {tensor.name: [None if np.isnan(value) else value for value in array.astype(np.float32).tolist()] for tensor, array in pairs}


def checked(folder):
    for path in sorted(pathlib.Path(folder).glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)
        yield path.stem, hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    proto, values = model()
    pathlib.Path("golden.onnx").write_bytes(proto.SerializeToString(deterministic=True))
    text = json.dumps({"values": values, "checked": dict(checked(sys.argv[1])) if len(sys.argv) > 1 else {}}, indent=1)
    pathlib.Path("golden.json").write_text(text + "\n")


main()
