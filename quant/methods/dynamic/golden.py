"""Writes golden.json: PyTorch's quantize_dynamic (x86 engine, 7-bit activations; qnnpack, 8) and ONNX Runtime's, each with its weights' codes.

Run by quant/goldens/write.py. Arrays as base64.
"""

import base64
import json
import os
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

warnings.filterwarnings("ignore")


def encoded(array, dtype=np.float32):
    return base64.b64encode(np.ascontiguousarray(np.asarray(array).astype(dtype)).tobytes()).decode()


def by_torch(engine, x, w, bias):
    torch.backends.quantized.engine = engine
    model = torch.nn.Sequential(torch.nn.Linear(w.shape[0], w.shape[1]))
    with torch.no_grad():
        model[0].weight.copy_(torch.from_numpy(w.T))
        model[0].bias.copy_(torch.from_numpy(bias))
    quantized = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear: torch.ao.quantization.per_channel_dynamic_qconfig})
    weight = quantized[0].weight()
    y = quantized(torch.from_numpy(x)).detach().numpy()
    return dict(y=encoded(y), codes=encoded(weight.int_repr().numpy().T, np.int8), scales=encoded(weight.q_per_channel_scales().numpy()))


def by_onnxruntime(x, w, bias):
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["product"]), helper.make_node("Add", ["product", "bias"], ["y"])], "dense",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, w.shape[0]])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, w.shape[1]])],
        [numpy_helper.from_array(w, "w"), numpy_helper.from_array(bias, "bias")])
    with tempfile.TemporaryDirectory() as folder:
        plain, small = os.path.join(folder, "plain.onnx"), os.path.join(folder, "small.onnx")
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), plain)
        quantize_dynamic(plain, small, per_channel=True, weight_type=QuantType.QInt8)
        model = onnx.load(small)
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        dynamic = next(node for node in model.graph.node if node.op_type == "DynamicQuantizeLinear")
        assert any(node.op_type == "MatMulInteger" for node in model.graph.node)
        for name, kind in zip(dynamic.output, (TensorProto.UINT8, TensorProto.FLOAT, TensorProto.UINT8)):
            model.graph.output.append(helper.make_tensor_value_info(name, kind, None))
        options = onnxruntime.SessionOptions()
        # As the model says, node by node: fused kernels may round otherwise.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        y, codes, scale, zero = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, {"x": x})
    return dict(y=encoded(y), codes=encoded(stored["w_quantized"], np.int8), scales=encoded(stored["w_scale"]),
                xCodes=encoded(codes, np.uint8), xScale=float(scale), xZeroPoint=int(zero))


def main():
    random = np.random.default_rng(13)
    cases = []
    for name, rows, inputs, units, shift in (("some", 6, 40, 24, 0.3), ("more inputs than float32 can sum", 2, 1200, 3, 0.0), ("above zero only", 4, 16, 5, 9.0)):
        f32 = lambda *shape: random.normal(size=shape).astype(np.float32)
        x, w, bias = f32(rows, inputs) + np.float32(shift), f32(inputs, units) * np.float32(0.1), f32(units)
        w[:, 1] = 0
        cases.append(dict(name=name, rows=rows, inputs=inputs, units=units, x=encoded(x), w=encoded(w), bias=encoded(bias),
                          torch=by_torch("x86", x, w, bias), qnnpack=by_torch("qnnpack", x, w, bias), onnxruntime=by_onnxruntime(x, w, bias)))
    print(json.dumps(dict(versions=[torch.__version__, onnxruntime.__version__], cases=cases), separators=(",", ":")))


main()
