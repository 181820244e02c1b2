import type {LayerNames, OnnxNode} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

/** The two scales one after the other; ONNX Runtime fuses both forms alike. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const scaled = bias === undefined ? y : 'scaled';
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'MatMulInteger', inputs: ['x_codes', codes, 'x_zero_point'], outputs: ['sums']},
    {op: 'Cast', inputs: ['sums'], outputs: ['float_sums'], attributes: {to: 1}},
    {op: 'Mul', inputs: ['float_sums', 'x_scale'], outputs: ['half_scaled']},
    {op: 'Mul', inputs: ['half_scaled', scales], outputs: [scaled]},
  ];
  return bias === undefined ? nodes : [...nodes, {op: 'Add', inputs: [scaled, bias], outputs: [y]}];
}
