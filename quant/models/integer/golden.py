"""Writes golden.json: ONNX Runtime's integer kernels on random codes: sums (MatMulInteger, ConvInteger) and requantized codes (QLinear…).

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
ONNX Runtime has channels first; all here is turned to TensorFlow's layouts.
"""

import base64
import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

random = np.random.default_rng(21)
ELEMENT = {np.dtype(np.uint8): TensorProto.UINT8, np.dtype(np.int8): TensorProto.INT8, np.dtype(np.int32): TensorProto.INT32, np.dtype(np.float32): TensorProto.FLOAT}


def run(op, inputs, out_type, domain="", **attributes):
    """One node; every input but the first a constant."""
    names = [f"i{n}" for n in range(len(inputs))]
    node = helper.make_node(op, names, ["y"], domain=domain, **attributes)
    constants = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in list(zip(names, inputs))[1:]]
    first = helper.make_tensor_value_info("i0", ELEMENT[inputs[0].dtype], inputs[0].shape)
    graph = helper.make_graph([node], "g", [first], [helper.make_tensor_value_info("y", out_type, None)], constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"i0": inputs[0]})[0]


def encoded(array, dtype=np.int32):
    return dict(shape=list(array.shape), data=base64.b64encode(np.ascontiguousarray(array.astype(dtype)).tobytes()).decode())


def codes(*shape, signed=False):
    return random.integers(-128, 128, size=shape).astype(np.int8) if signed else random.integers(0, 256, size=shape).astype(np.uint8)


def scalar(value, dtype):
    return np.asarray(value, dtype=dtype)


def out_scale(sums, scales):
    """So that most outputs fit 256 codes."""
    return np.float32(np.abs(sums * scales).max() / 100)


def dense_cases():
    for per_channel in (False, True):
        x, w = codes(7, 19), codes(19, 6, signed=True)
        x_zero, x_scale = 117, np.float32(0.031)
        scales = random.uniform(0.001, 0.02, size=6 if per_channel else 1).astype(np.float32)
        sums = run("MatMulInteger", [x, w, scalar(x_zero, np.uint8), scalar(0, np.int8)], TensorProto.INT32)
        y_scale, y_zero = out_scale(sums, x_scale * scales), 131
        w_zero = np.zeros(6, np.int8) if per_channel else scalar(0, np.int8)
        y = run("QLinearMatMul", [x, x_scale, scalar(x_zero, np.uint8), w, scales if per_channel else scales[0], w_zero, y_scale, scalar(y_zero, np.uint8)], TensorProto.UINT8)
        yield dict(op="dense", x=encoded(x), xScale=float(x_scale), xZero=x_zero, kernel=encoded(w), scales=scales.tolist(), bias=encoded(np.zeros(6)), yScale=float(y_scale), yZero=y_zero, sums=encoded(sums), y=encoded(y))


def conv_cases():
    settings = [(3, 4, 1, (1, 1), (0, 0, 0, 0), (1, 1)), (2, 5, 1, (2, 1), (1, 0, 1, 1), (1, 1)), (2, 3, 1, (1, 1), (2, 2, 2, 2), (2, 2)), (3, 6, 3, (2, 2), (1, 1, 1, 1), (1, 1))]
    for channels, filters, groups, strides, pads, dilations in settings:
        kernel = (3, 2) if pads == (1, 0, 1, 1) else (3, 3)
        x, w = codes(2, channels, 7, 7), codes(filters, channels // groups, *kernel, signed=True)
        x_zero, x_scale = 97, np.float32(0.017)
        scales = random.uniform(0.001, 0.02, size=filters).astype(np.float32)
        attributes = dict(strides=strides, pads=pads, dilations=dilations, group=groups)
        sums = run("ConvInteger", [x, w, scalar(x_zero, np.uint8), scalar(0, np.int8)], TensorProto.INT32, **attributes)
        bias = random.integers(-3000, 3000, size=filters).astype(np.int32)
        y_scale, y_zero = out_scale(sums + bias[:, None, None], (x_scale * scales)[:, None, None]), 120
        y = run("QLinearConv", [x, x_scale, scalar(x_zero, np.uint8), w, scales, np.zeros(filters, np.int8), y_scale, scalar(y_zero, np.uint8), bias], TensorProto.UINT8, **attributes)
        # [filters, channels / groups, h, w] → [h, w, channels, filters], depthwise → [h, w, channels · multiplier]
        turned = w.transpose(2, 3, 1, 0)
        if groups > 1:
            turned = turned[:, :, 0, :]
        last = lambda array: array.transpose(0, 2, 3, 1)
        yield dict(op="depthwise" if groups > 1 else "conv2d", multiplier=filters // groups if groups > 1 else 1, size=kernel, strides=strides, pads=pads, dilation=dilations, x=encoded(last(x)), xScale=float(x_scale), xZero=x_zero, kernel=encoded(turned), scales=scales.tolist(), bias=encoded(bias), yScale=float(y_scale), yZero=y_zero, sums=encoded(last(sums)), y=encoded(last(y)))


def other_cases():
    scale, zero = lambda value: np.float32(value), lambda value: scalar(value, np.uint8)
    a, b = codes(3, 40), codes(3, 40)
    y = run("QLinearAdd", [a, scale(0.0213), zero(100), b, scale(0.0531), zero(130), scale(0.04), zero(120)], TensorProto.UINT8, domain="com.microsoft")
    yield dict(op="add", x=encoded(a), other=encoded(b), scales=[0.0213, 0.0531], zeros=[100, 130], yScale=0.04, yZero=120, y=encoded(y))
    x = codes(2, 3, 6, 5)
    y = run("QLinearAveragePool", [x, scale(0.02), zero(100), scale(0.015), zero(90)], TensorProto.UINT8, domain="com.microsoft", kernel_shape=(2, 2), strides=(2, 1))
    last = lambda array: array.transpose(0, 2, 3, 1)
    yield dict(op="averagePool", x=encoded(last(x)), xScale=0.02, xZero=100, yScale=0.015, yZero=90, y=encoded(last(y)))
    y = run("QLinearGlobalAveragePool", [x, scale(0.02), zero(100), scale(0.005), zero(90)], TensorProto.UINT8, domain="com.microsoft")
    yield dict(op="globalAveragePool", x=encoded(last(x)), xScale=0.02, xZero=100, yScale=0.005, yZero=90, y=encoded(y[:, :, 0, 0]))


def main():
    cases = [*dense_cases(), *conv_cases(), *other_cases()]
    print(json.dumps({"onnxruntime": onnxruntime.__version__, "cases": cases}, separators=(",", ":")))


main()
