export * from './formats/qtype.ts';
export {type Granularity, perAxis, perGroup, perTensor} from './affine/granularity.ts';
export {chooseQParams, type QParams, type Scheme} from './affine/qparams.ts';
export {dequantize, type Quantization, type Quantized, quantize, quantizeValue} from './affine/quantize.ts';
export {roundHalfToEven} from './affine/round.ts';
export * from './layers/index.ts';
