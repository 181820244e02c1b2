"""Writes frameworks-golden.json: grids, codes and restored values by PyTorch, torchao and ONNX Runtime.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json
from importlib.metadata import version

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from torchao.quantization import quant_primitives as torchao

f32 = np.float32
GROUP = 8
TYPES = {"qint8": (8, -128, 127), "qint8 narrow": (8, -127, 127), "quint8": (8, 0, 255), "qint4": (4, -8, 7), "qint4 narrow": (4, -7, 7), "quint4": (4, 0, 15), "qint2": (2, -2, 1)}
ONNX_TYPES = {
    "qint8": TensorProto.INT8, "quint8": TensorProto.UINT8, "qint4": TensorProto.INT4, "quint4": TensorProto.UINT4,
    "qint16": TensorProto.INT16, "quint16": TensorProto.UINT16, "qint2": TensorProto.INT2,
}


def encoded(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode()


def inputs():
    random = np.random.default_rng(45)
    tensors = {
        "normal": random.normal(size=(4, 24)),
        "small weights": random.uniform(-0.044, 0.044, size=(3, 16)),
        "positive": np.abs(random.normal(size=(2, 16))) + 0.5,
        "negative": -np.abs(random.normal(size=(2, 16))) - 0.5,
        "halves": (np.arange(-24, 24) / 2).reshape(3, 16),
        "an outlier": np.where(np.arange(32) == 13, 1000, random.normal(size=32)).reshape(2, 16),
        "constant": np.full((2, 8), -3.7),
        "zeros": np.zeros((2, 8)),
        "half zeros": np.concatenate([np.zeros((2, 16)), random.normal(size=(2, 16))]),
        "one element": np.array([[0.3]]),
        "tiny": random.normal(size=(2, 16)) * 1e-30,
        "huge": random.normal(size=(2, 16)) * 1e30,
        "deep": random.normal(size=(2, 2, 2, 8)),
    }
    return {name: np.asarray(values, dtype=f32) for name, values in tensors.items()}


def granularities(shape):
    yield {"per": "tensor"}
    for axis in range(len(shape)):
        yield {"per": "axis", "axis": axis}
    if shape[-1] % GROUP == 0:
        yield {"per": "group", "size": GROUP}


def block(shape, granularity):
    if granularity["per"] == "tensor":
        return tuple(shape)
    if granularity["per"] == "axis":
        return tuple(1 if axis == granularity["axis"] else n for axis, n in enumerate(shape))
    return (*[1] * (len(shape) - 1), granularity["size"])


def case(oracle, name, qtype, granularity, scales, zero_points, codes, restored, **more):
    narrowest = {8: np.int8, 16: np.int16}[16 if "16" in qtype else 8]
    # Unsigned codes travel as the signed ones of the same bits.
    codes = np.asarray(codes).astype(narrowest)
    return dict(oracle=oracle, input=name, qtype=qtype, granularity=granularity, scales=encoded(scales, f32), zeroPoints=encoded(zero_points, np.int32),
                codes=encoded(codes, narrowest), restored=encoded(restored, f32), **more)


def by_torchao(name, values, qtype, granularity, scheme):
    """The grid is torchao's own choice, with float32's epsilon as the least scale."""
    bits, qmin, qmax = TYPES[qtype]
    x, size = torch.from_numpy(values), block(values.shape, granularity)
    mapping = torchao.MappingType.ASYMMETRIC if scheme == "asymmetric" else torchao.MappingType.SYMMETRIC
    dtype = torch.uint8 if qmin == 0 else torch.int8
    scales, zero_points = torchao.choose_qparams_affine(x, mapping, size, dtype, qmin, qmax, eps=2.0**-23, zero_point_dtype=torch.int32)
    codes = torchao.quantize_affine(x, size, scales, zero_points, dtype, qmin, qmax)
    restored = torchao.dequantize_affine(codes, size, scales, zero_points, dtype, qmin, qmax)
    return case("torchao", name, qtype, granularity, scales, zero_points, codes, restored, scheme=scheme), (scales, zero_points)


def by_pytorch(name, values, qtype, granularity, scales, zero_points):
    x, dtype = torch.from_numpy(values), {"qint8": torch.qint8, "quint8": torch.quint8}[qtype]
    if granularity["per"] == "tensor":
        q = torch.quantize_per_tensor(x, float(scales.reshape(-1)[0]), int(zero_points.reshape(-1)[0]), dtype)
    else:
        q = torch.quantize_per_channel(x, scales.reshape(-1), zero_points.reshape(-1), granularity["axis"], dtype)
    return case("PyTorch", name, qtype, granularity, scales, zero_points, q.int_repr(), q.dequantize())


def by_onnx(name, values, qtype, granularity, scales, zero_points):
    """QuantizeLinear and DequantizeLinear; the codes come out cast to int32."""
    if granularity["per"] == "tensor":
        shape, attributes = [], {}
    elif granularity["per"] == "axis":
        shape, attributes = [-1], {"axis": granularity["axis"]}
    else:
        shape, attributes = [*values.shape[:-1], values.shape[-1] // GROUP], {"axis": values.ndim - 1, "block_size": GROUP}
    scale = np.asarray(scales, dtype=f32).reshape(shape)
    kind = ONNX_TYPES[qtype]
    nodes = [
        helper.make_node("Cast", ["zero"], ["zeroPoint"], to=kind),
        helper.make_node("QuantizeLinear", ["x", "scale", "zeroPoint"], ["q"], **attributes),
        helper.make_node("Cast", ["q"], ["codes"], to=TensorProto.INT32),
        helper.make_node("DequantizeLinear", ["q", "scale", "zeroPoint"], ["restored"], **attributes),
    ]
    info = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    graph = helper.make_graph(nodes, "affine", [info("x", TensorProto.FLOAT, values.shape), info("scale", TensorProto.FLOAT, scale.shape), info("zero", TensorProto.INT32, scale.shape)],
                              [info("codes", TensorProto.INT32, values.shape), info("restored", TensorProto.FLOAT, values.shape)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=11)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    zero = np.asarray(zero_points, dtype=np.int32).reshape(scale.shape)
    codes, restored = session.run(None, {"x": values, "scale": scale, "zero": zero})
    return case("ONNX Runtime", name, qtype, granularity, scale, zero, codes, restored)


def by_dynamic_quantize_linear(name, values):
    graph = helper.make_graph(
        [helper.make_node("DynamicQuantizeLinear", ["x"], ["codes", "scale", "zero"])], "dynamic",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, values.shape)],
        [helper.make_tensor_value_info("codes", TensorProto.UINT8, values.shape), helper.make_tensor_value_info("scale", TensorProto.FLOAT, []), helper.make_tensor_value_info("zero", TensorProto.UINT8, [])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    codes, scale, zero = session.run(None, {"x": values})
    restored = (codes.astype(f32) - f32(zero)) * scale
    return case("ONNX Runtime, DynamicQuantizeLinear", name, "quint8", {"per": "tensor"}, scale, zero, codes, restored, scheme="asymmetric")


def main():
    tensors, cases = inputs(), []
    for name, values in tensors.items():
        for granularity in granularities(values.shape):
            for qtype, (_, qmin, _) in TYPES.items():
                for scheme in ("symmetricFull", "asymmetric"):
                    if qmin == 0 and scheme == "symmetricFull":
                        continue
                    chosen, (scales, zero_points) = by_torchao(name, values, qtype, granularity, scheme)
                    cases.append(chosen)
                    if qtype in ("qint8", "quint8") and granularity["per"] != "group":
                        cases.append(by_pytorch(name, values, qtype, granularity, scales, zero_points))
                    if qtype in ONNX_TYPES:
                        cases.append(by_onnx(name, values, qtype, granularity, scales.numpy(), zero_points.numpy()))
        if name not in ("zeros", "tiny"):
            cases.append(by_dynamic_quantize_linear(name, values))
    # Grids of 16 bits, grids that were not made for the values, and infinities on them.
    for qtype in ("qint16", "quint16"):
        for zero in (0, 1000):
            cases.append(by_onnx("normal", tensors["normal"], qtype, {"per": "tensor"}, np.array([1e-4]), np.array([zero])))
    tensors["infinities"] = np.array([[np.inf, -np.inf, 1, -1, 3e38, -3e38, 1e10, -1e10]], dtype=f32)
    for name in ("normal", "infinities", "huge", "halves"):
        for scale in (0.1, 1.0, 3.0):
            for qtype, zero in (("qint8", 5), ("quint8", 131)):
                grid = (torch.tensor([scale], dtype=torch.float32), torch.tensor([zero], dtype=torch.int32))
                if name not in ("infinities", "huge"):
                    cases.append(by_pytorch(name, tensors[name], qtype, {"per": "tensor"}, *grid))
                cases.append(by_onnx(name, tensors[name], qtype, {"per": "tensor"}, grid[0].numpy(), grid[1].numpy()))
    listed = {name: dict(shape=list(values.shape), values=encoded(values, f32)) for name, values in tensors.items()}
    versions = {package: version(package) for package in ("torch", "torchao", "onnx", "onnxruntime", "numpy")}
    print(json.dumps(dict(versions=versions, inputs=listed, cases=cases), separators=(",", ":")))


main()
