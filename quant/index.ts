export * from './formats/qtype.ts';
export {
  bfloat16,
  exponentBias,
  float16,
  float32,
  float4e2m1,
  float8e4m3fn,
  float8e5m2,
  type FloatFields,
  floatFields,
  type FloatFormat,
  type FloatLimits,
  floatLimits,
} from './formats/float-format.ts';
export {
  decodeFloat,
  decodeFloats,
  encodeFloat,
  encodeFloats,
  floatEncoder,
  type FloatCodes,
  type FloatRounding,
  roundFloat,
  roundFloats,
} from './formats/float-codes.ts';
export {type Codes, pack, type PackedCodes, unpack} from './formats/packing.ts';
export {type Codebook, type CodebookTable, codebookTable, fp4, nearestCode, nf4} from './formats/codebook.ts';
export {roundHalfToEven} from './formats/round.ts';
export {type Granularity, perAxis, perGroup, perTensor} from './affine/granularity.ts';
export {chooseQParams, type QParams, type QParamsChoice, type Scheme} from './affine/qparams.ts';
export {type Grid, type Quantization, quantize, quantizeValue, type StepArithmetic} from './affine/quantize.ts';
export {QTensor, type QTensorParts} from './affine/qtensor.ts';
export {dequantizeTensor, quantizeTensor} from './affine/tensors.ts';
export {calculateQParams, type Observer, type Range} from './observers/observer.ts';
export {MinMaxObserver, MovingAverageMinMaxObserver, SliceMinMaxObserver} from './observers/min-max.ts';
export {HistogramObserver, type HistogramOptions} from './observers/histogram.ts';
export {PercentileObserver} from './observers/percentile.ts';
export {EntropyObserver} from './observers/entropy.ts';
export {type BlockWise, blockWiseBytes, type BlockWiseOptions, dequantizeBlockWise, quantizeBlockWise} from './methods/block-wise.ts';
export {dequantizeMicroScaled, type MicroScaled, microScaledBytes, quantizeMx, quantizeNvfp4} from './methods/micro-scaling.ts';
export {type Square} from './methods/cholesky.ts';
export {gptq, type GptqOptions, type GptqResult, HessianObserver, type LinearWeights} from './methods/gptq.ts';
export {type Activations, awq, type AwqResult, outputError, scaleInputs, smoothingScales} from './methods/activation-scales.ts';
export {hadamardRotate} from './methods/hadamard.ts';
export {type Clustered, clusteredBytes, dequantizeClusters, type KMeansOptions, kMeansQuantize} from './methods/k-means.ts';
export {type Int8Rows, llmInt8MatMul, type LlmInt8Product, quantizeInt8Rows} from './methods/llm-int8.ts';
export {type Logits, perplexity, type Perplexity, type PerplexityOptions} from './methods/language/perplexity.ts';
export {type KvCacheOptions, QuantizedKvCache} from './methods/language/kv-cache.ts';
export {CastFloat, castFloat, type CastFloatConfig} from './methods/mixed-precision/cast-float.ts';
export {LossScaler, type LossScalerOptions, type LossScalerState, type UnscaledGradients} from './methods/mixed-precision/loss-scaler.ts';
export {type MixedPrecision, mixedPrecisionStep, type MixedPrecisionStep} from './methods/mixed-precision/mixed-precision-step.ts';
export {addQLora, mergeQLora, type QLoraOptions, trainableShare} from './methods/qlora/add-qlora.ts';
export {type FloatKernel, QLoraDense, type QLoraDenseConfig} from './methods/qlora/qlora-dense.ts';
export {
  DynamicDense,
  type DynamicDenseConfig,
  type DynamicallyQuantized,
  type DynamicQuantization,
  dynamicQuantizeLinear,
} from './methods/dynamic/dynamic-dense.ts';
export {type DynamicOptions, quantizeDynamic} from './methods/dynamic/quantize-dynamic.ts';
export {allocateBits, type Allocation, type AllocationOption} from './methods/sensitivity/allocate-bits.ts';
export {
  type AppliedChoice,
  type ScanTarget,
  type Sensitivity,
  sensitivityScan,
  type SensitivityScan,
} from './methods/sensitivity/sensitivity-scan.ts';
export {correctBiases} from './methods/post-training/correct-biases.ts';
export {equalizeLayers, type EqualizeOptions} from './methods/post-training/equalize-layers.ts';
export {postTrainingQuantize, type PostTrainingOptions} from './methods/post-training/post-training-quantize.ts';
export {type CompressedAbsMax} from './methods/double-quantization.ts';
export {type GgmlType} from './files/ggml/ggml-type.ts';
export {dequantizeGgml, ggmlType, ggmlTypes, quantizeGgml} from './files/ggml/index.ts';
export {type GgufFile, type GgufTensor, readGguf} from './files/gguf/read.ts';
export {type GgufValue} from './files/gguf/values.ts';
export {type GgufContents, type GgufTensorSource, writeGguf} from './files/gguf/write.ts';
export {
  readSafetensors,
  type SafetensorsContents,
  type SafetensorsDtype,
  type SafetensorsFile,
  type SafetensorsTensor,
  type SafetensorsTensorSource,
  writeSafetensors,
} from './files/safetensors.ts';
export {readQTensors, writeQTensors} from './files/qtensors.ts';
export {activationRanges, exportOnnx, type OnnxExport} from './files/onnx/export.ts';
export {type OnnxForm} from './files/onnx/emitter.ts';
export {type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxValue, readOnnx} from './files/onnx/read.ts';
export {type OnnxTensor} from './files/onnx/tensor.ts';
export {type OnnxContents, type OnnxNodeContents, type OnnxTensorContents, writeOnnx} from './files/onnx/write.ts';
export {convertToGguf, storedType} from './files/convert.ts';
export {
  type WeightCalibration,
  planWeights,
  quantizeWeights,
  type TensorPlan,
  type WeightMethod,
  type WeightQuantization,
} from './files/quantize-weights.ts';
export {openWeights, type WeightFile, type WeightTensor} from './files/weights.ts';
export {compare} from './report/compare.ts';
export {type ComparableModel, type ModelData} from './report/models.ts';
export {
  type Accuracy,
  type ErrorNumbers,
  Report,
  type ReportContents,
  type ReportJson,
  type ReportPart,
  type ReportPartJson,
} from './report/report.ts';
export {reportSchema} from './report/report-schema.ts';
export {SensitivityReport} from './report/sensitivity.ts';
export {type ComparableValues, type Dequantizable} from './report/values.ts';
export {compareWeights} from './report/weights.ts';
export {ErrorMeasure, measureErrors} from './report/errors.ts';
export {type ByteSource, fileSource, memorySource} from './files/source.ts';
export {type Hardware, hardware} from './plan/hardware.ts';
export * from './plan/memory.ts';
export * from './plan/serving.ts';
export {countParameters, type ModelShape, modelShapes, type ParameterCount, shapeFromConfig} from './plan/shape.ts';
export * from './layers/index.ts';
export * from './models/index.ts';
