import type {LayerNames, OnnxNode} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'onnxNodes', check: 'the product is one of integers'};

/** Right numbers, but the product is one of floats: nothing is faster. */
export function onnxNodes({x, codes, scales, bias, y}: LayerNames): OnnxNode[] {
  const scaled = bias === undefined ? y : 'scaled';
  const nodes: OnnxNode[] = [
    {op: 'DynamicQuantizeLinear', inputs: [x], outputs: ['x_codes', 'x_scale', 'x_zero_point']},
    {op: 'DequantizeLinear', inputs: ['x_codes', 'x_scale', 'x_zero_point'], outputs: ['restored']},
    {op: 'DequantizeLinear', inputs: [codes, scales], outputs: ['weights']},
    {op: 'MatMul', inputs: ['restored', 'weights'], outputs: [scaled]},
  ];
  return bias === undefined ? nodes : [...nodes, {op: 'Add', inputs: [scaled, bias], outputs: [y]}];
}
