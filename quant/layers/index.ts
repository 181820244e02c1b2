export {fakeQuantize, fakeQuantizeLearned, type FakeQuantGrid} from './fake-quantize.ts';
export {FakeQuant, type FakeQuantConfig} from './fake-quant.ts';
export {QuantDense, type QuantDenseConfig, type QuantizedKernel} from './quant-dense.ts';
export {fakeQuantTensorFlow, type TensorFlowGrid} from './fake-quant-tensorflow.ts';
