import type {LayerNames, OnnxNode} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

/** DequantizeLinear makes FLOAT of INT32 sums and multiplies a scale for each column, in one node. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const scaled = bias === undefined ? y : 'scaled';
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'MatMulInteger', inputs: ['x_codes', codes, 'x_zero_point'], outputs: ['sums']},
    {op: 'Mul', inputs: ['x_scale', scales], outputs: ['both_scales']},
    {op: 'DequantizeLinear', inputs: ['sums', 'both_scales'], outputs: [scaled], attributes: {axis: 1}},
  ];
  return bias === undefined ? nodes : [...nodes, {op: 'Add', inputs: [scaled, bias], outputs: [y]}];
}
