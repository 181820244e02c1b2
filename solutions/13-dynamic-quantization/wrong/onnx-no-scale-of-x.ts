import type {LayerNames, OnnxNode} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'onnxNodes', check: 'the graph computes the layer'};

/** Only the weights’ scales are multiplied in. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const scaled = bias === undefined ? y : 'scaled';
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'MatMulInteger', inputs: ['x_codes', codes, 'x_zero_point'], outputs: ['sums']},
    {op: 'Cast', inputs: ['sums'], outputs: ['float_sums'], attributes: {to: 1}},
    {op: 'Mul', inputs: ['float_sums', scales], outputs: [scaled]},
  ];
  return bias === undefined ? nodes : [...nodes, {op: 'Add', inputs: [scaled, bias], outputs: [y]}];
}
