import type {LayerNames, OnnxNode} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'onnxNodes', check: 'the graph computes the layer'};

/** Added before the scales, the bias is scaled, too. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'MatMulInteger', inputs: ['x_codes', codes, 'x_zero_point'], outputs: ['sums']},
    {op: 'Cast', inputs: ['sums'], outputs: ['float_sums'], attributes: {to: 1}},
    {op: 'Mul', inputs: ['x_scale', scales], outputs: ['both_scales']},
  ];
  if (bias !== undefined) nodes.push({op: 'Add', inputs: ['float_sums', bias], outputs: ['biased']});
  return [...nodes, {op: 'Mul', inputs: [bias === undefined ? 'float_sums' : 'biased', 'both_scales'], outputs: [y]}];
}
