import {expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {drawBatch, drawLayer, linear, type ReferenceLayer, shareOfRounding} from './inputs.ts';
import type {LayerNames, OnnxNode} from './interface.ts';
import {type OnnxValue, runGraph} from './onnx-graph.ts';

export const onnxNodes: Task = {
  name: 'onnxNodes',
  title: 'Write the layer as an ONNX graph',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the graph computes the layer',
      points: 2,
      async measure(learner, draw) {
        const names = drawNames(draw, true);
        return {
          measured: await distance(await nodesOf(learner, names), names, draw),
          comparison: '<=',
          threshold: 0.1,
          unit: '× the rounding error of int8',
          message:
            'The graph runs, but its output is not the layer’s. In order: quantize x, multiply codes with its zero point, make the sums FLOAT, times both scales, plus the bias.',
        };
      },
    },
    {
      name: 'the product is one of integers',
      points: 1,
      async measure(learner, draw) {
        const nodes = await nodesOf(learner, drawNames(draw, true));
        const count = (op: string): number => nodes.filter(node => node.op === op).length;
        return {
          measured: count('MatMulInteger') - count('MatMul'),
          comparison: '==',
          threshold: 1,
          unit: 'integer products more than float ones',
          message:
            'A graph that dequantizes first and then multiplies floats gains nothing in speed. MatMulInteger takes the uint8 codes of x and the int8 codes of the weights as they are.',
        };
      },
    },
    {
      name: 'a layer without a bias works, too',
      points: 1,
      async measure(learner, draw) {
        const names = drawNames(draw, false);
        return {
          measured: await distance(await nodesOf(learner, names), names, draw),
          comparison: '<=',
          threshold: 0.1,
          unit: '× the rounding error of int8',
          message: 'names.bias is missing for some layers. Then nothing is added, and the node before writes names.y.',
        };
      },
    },
  ],
};

/** Names that nobody can know beforehand. */
function drawNames(draw: Draw, withBias: boolean): LayerNames {
  const name = (what: string): string => `${what}_${draw.integer(1000, 9999)}`;
  const names = {x: name('x'), codes: name('w'), scales: name('s'), y: name('y')};
  return withBias ? {...names, bias: name('b')} : names;
}

async function nodesOf(learner: Learner, names: LayerNames): Promise<OnnxNode[]> {
  const answer = await learner.call('onnxNodes', {...names});
  if (!Array.isArray(answer) || answer.length > 50)
    throw new WrongAnswer('Expected onnxNodes to return a list of nodes, of 50 at most, got something else; is a `return` missing?');
  return (answer as readonly Plain[]).map((value, i) => {
    const {op, inputs, outputs, ...rest} = expectRecord(value, ['op', 'inputs', 'outputs'], `node ${i}`);
    const attributes = (rest as Record<string, Plain>)['attributes'];
    if (typeof op !== 'string' || !isTexts(inputs) || !isTexts(outputs))
      throw new WrongAnswer(`Expected node ${i} to have an \`op\`, and \`inputs\` and \`outputs\` that are lists of names`);
    return {op, inputs, outputs, ...(attributes === undefined ? {} : {attributes: attributes as Record<string, number>})};
  });
}

function isTexts(value: Plain): value is readonly string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string');
}

async function distance(nodes: readonly OnnxNode[], names: LayerNames, draw: Draw): Promise<number> {
  const drawn = drawLayer(draw, 32, 8);
  const layer: ReferenceLayer = names.bias === undefined ? {...drawn, bias: {...drawn.bias, data: new Float32Array(8)}} : drawn;
  const x = drawBatch(draw, [4, 32], {zeroPoint: draw.integer(150, 200)});
  const value = (type: OnnxValue['type'], {shape, data}: TensorData): OnnxValue => ({type, shape, data});
  const given = {
    [names.x]: value('FLOAT', x),
    [names.codes]: value('INT8', layer.codes),
    [names.scales]: value('FLOAT', layer.scales),
    ...(names.bias === undefined ? {} : {[names.bias]: value('FLOAT', layer.bias)}),
  };
  const y = runGraph(nodes, given, names.y);
  if (y.type !== 'FLOAT' || y.data.length !== 32)
    throw new WrongAnswer(`Expected the output to be FLOAT [4, 8], got ${y.type} [${y.shape.join(', ')}]`);
  return shareOfRounding(y.data, linear(x, layer, 'dynamic'), linear(x, layer, 'float'));
}
