export {fakeQuantize, fakeQuantizeLearned, type FakeQuantGrid} from './fake-quantize.ts';
export {FakeQuant, type FakeQuantConfig} from './fake-quant.ts';
export {type ActivationQuantization, ActivationQuantizer, type ObserverName} from './activation-quantizer.ts';
export {type KernelQuantization, WeightQuantizer, type WeightScale} from './weight-quantizer.ts';
export {
  activationQuantizers,
  isQuantizedLayer,
  type LayerClass,
  type QuantizedLayer,
  type QuantizerConfig,
  type Quantizers,
} from './quantized-layer.ts';
export {QuantDense, type QuantDenseConfig, type QuantizedKernel} from './quant-dense.ts';
export {QuantConv2D, type QuantConv2DConfig, QuantDepthwiseConv2D, type QuantDepthwiseConv2DConfig} from './quant-conv.ts';
export {fakeQuantTensorFlow, type TensorFlowGrid} from './fake-quant-tensorflow.ts';
export {ObservedFakeQuant, type ObservedFakeQuantConfig} from './observed-fake-quant.ts';
export {pact, Pact, type PactConfig} from './pact.ts';
export {type RecordedStep, recordStep, type Step} from '../../backend/graph/record-step.ts';
