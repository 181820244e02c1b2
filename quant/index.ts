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
  type FloatCodes,
  type FloatRounding,
  roundFloat,
  roundFloats,
} from './formats/float-codes.ts';
export {pack, type PackedBits, unpack} from './formats/packing.ts';
export {roundHalfToEven} from './formats/round.ts';
export {type Granularity, perAxis, perGroup, perTensor} from './affine/granularity.ts';
export {chooseQParams, type QParams, type Scheme} from './affine/qparams.ts';
export {dequantize, type Quantization, type Quantized, quantize, quantizeValue} from './affine/quantize.ts';
export * from './layers/index.ts';
