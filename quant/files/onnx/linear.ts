import type {Emitter} from './emitter.ts';
import {arranged, type Flow, type KernelCodes, transposed} from './graph.ts';
import type {QTensor} from '../../affine/qtensor.ts';

/** A layer that multiplies with weights, as ONNX has it. */
export interface Linear {
  readonly name: string;
  readonly kernel: {readonly values: Float32Array<ArrayBuffer>; readonly shape: readonly number[]};
  /** The kernel's codes; without them the layer stays float. */
  readonly quantized?: QTensor | undefined;
  readonly bias?: Float32Array | undefined;
  /** Attributes of Conv; without them it is a matrix product. */
  readonly convolution?: Readonly<Record<string, number | string | readonly number[]>> | undefined;
  /** ONNX's axis i is the kernel's order[i]. */
  readonly order: readonly number[];
}

/** x · kernel + bias, before the activation function. `output` is the layer whose range its codes would have, where no other function comes between. */
export function emitLinear(emitter: Emitter, input: Flow, linear: Linear, output?: string): Flow {
  const flow = linear.convolution ? emitter.withChannels(input, 'first', linear.name) : input;
  const {quantized} = linear;
  if (!quantized || emitter.form === 'float') return floatProduct(emitter, flow, linear, undefined);
  const kernel = arranged(quantized, linear.order);
  if (emitter.form === 'qdq') return floatProduct(emitter, flow, linear, kernel);
  expectIntegerKernel(linear, kernel);
  if (emitter.form === 'dynamic') return dynamicProduct(emitter, flow, linear, kernel);
  return integerProduct(emitter, flow, linear, kernel, output);
}

function floatProduct(emitter: Emitter, flow: Flow, linear: Linear, kernel: KernelCodes | undefined): Flow {
  const {name, bias, convolution} = linear;
  const {graph} = emitter;
  const x = emitter.numbers(flow, name);
  const weights = kernel ? emitter.dequantizedKernel(kernel, name) : floatKernel(emitter, linear);
  const biasName = bias && floatBias(emitter, flow, name, bias, kernel);
  const rest = {rank: flow.rank, channels: flow.channels};
  if (convolution) return {...rest, float: graph.node('Conv', [x, weights, ...(biasName ? [biasName] : [])], name, convolution)};
  if (flow.rank === 2) return {...rest, float: graph.node('Gemm', [x, weights, ...(biasName ? [biasName] : [])], name)};
  const product = graph.node('MatMul', [x, weights], name);
  return {...rest, float: biasName ? graph.node('Add', [product, biasName], name) : product};
}

/** int32 in units of input scale · weight scale, which is what runtimes fuse; float where the input has no grid or scales are not the bias's. */
function floatBias(emitter: Emitter, {grid}: Flow, name: string, bias: Float32Array, kernel: KernelCodes | undefined): string {
  const {graph} = emitter;
  if (!kernel || !grid || kernel.blockSize) return graph.floats(`${name}/bias`, bias);
  const codes = graph.int32s(`${name}/bias_quantized`, emitter.biasCodes(bias, grid.qparams, kernel));
  const scales = graph.floats(`${name}/bias_scale`, emitter.biasScales(bias, grid.qparams, kernel));
  return graph.node('DequantizeLinear', [codes, scales], `${name}/bias`, {axis: 0});
}

function floatKernel({graph}: Emitter, {name, kernel, order}: Linear): string {
  const {codes, shape} = transposed(kernel.values, kernel.shape, order);
  return graph.floats(`${name}/kernel`, codes, shape);
}

/** The grid is chosen from each batch: uint8, from its least to its largest number. */
function dynamicProduct(emitter: Emitter, flow: Flow, {name, bias, convolution}: Linear, kernel: KernelCodes): Flow {
  const {graph} = emitter;
  const [codes, scale, zeroPoint] = graph.nodeOf('DynamicQuantizeLinear', [emitter.numbers(flow, name)], name, 3) as [
    string,
    string,
    string,
  ];
  const weights = emitter.kernelCodes(kernel, name);
  const sums = graph.node(convolution ? 'ConvInteger' : 'MatMulInteger', [codes, weights, zeroPoint], name, convolution);
  return {rank: flow.rank, channels: flow.channels, float: scaled(emitter, sums, {name, bias, convolution, kernel, inputScale: scale})};
}

function integerProduct(emitter: Emitter, flow: Flow, linear: Linear, kernel: KernelCodes, output: string | undefined): Flow {
  const {name, bias, convolution} = linear;
  const {graph} = emitter;
  const input = emitter.codes(flow, name);
  const weights = emitter.kernelCodes(kernel, name);
  const rest = {rank: flow.rank, channels: flow.channels};
  const grid = output === undefined ? undefined : emitter.gridOf(output);
  const inputs = (): string[] => [input.codes, input.grid.scale, input.grid.zeroPoint, weights, ...emitter.kernelGrid(kernel, name)];
  const biasCodes = (): string[] =>
    bias ? [graph.int32s(`${name}/bias_quantized`, emitter.biasCodes(bias, input.grid.qparams, kernel))] : [];
  if (convolution && grid)
    return {...rest, codes: graph.node('QLinearConv', [...inputs(), grid.scale, grid.zeroPoint, ...biasCodes()], name, convolution), grid};
  if (!bias && grid && flow.rank === 2)
    return {...rest, codes: graph.node('QLinearMatMul', [...inputs(), grid.scale, grid.zeroPoint], name), grid};
  const op = convolution ? 'ConvInteger' : 'MatMulInteger';
  const product = graph.node(op, [input.codes, weights, input.grid.zeroPoint], name, convolution);
  const sums = {name, convolution, kernel, inputScale: input.grid.scale};
  if (convolution || !bias) return {...rest, float: scaled(emitter, product, {...sums, bias})};
  return {...rest, float: scaled(emitter, graph.node('Add', [product, ...biasCodes()], name), {...sums, bias: undefined})};
}

interface Sums extends Pick<Linear, 'name' | 'bias' | 'convolution'> {
  readonly kernel: KernelCodes;
  readonly inputScale: string;
}

/** int32 sums → float: times input scale · weight scale, plus the bias. */
function scaled({graph}: Emitter, sums: string, {name, bias, convolution, kernel, inputScale}: Sums): string {
  const {scales} = kernel.quantized;
  const shapeOf = (length: number): number[] => (convolution && length > 1 ? [length, 1, 1] : [length]);
  const both = graph.node('Mul', [inputScale, graph.floats(`${name}/kernel_scale`, scales, shapeOf(scales.length))], name);
  const product = graph.node('Mul', [graph.node('Cast', [sums], name, {to: 1}), both], name);
  return bias ? graph.node('Add', [product, graph.floats(`${name}/bias`, bias, shapeOf(bias.length))], name) : product;
}

/** What the integer operators take. @throws RangeError */
function expectIntegerKernel({name}: Linear, {quantized, axis, blockSize, shape}: KernelCodes): void {
  const {qtype, zeroPoints} = quantized;
  const outputsAxis = shape.length === 2 ? 1 : 0;
  if (
    qtype.bits > 8 ||
    qtype.bits <= 4 ||
    blockSize ||
    (axis !== undefined && axis !== outputsAxis) ||
    !qtype.signed ||
    zeroPoints?.some(zero => zero !== 0)
  )
    throw new RangeError(
      `Expected weights of layer ${name} of 5 to 8 signed bits, symmetric, per tensor or per output, got ${qtype.name}; the form qdq takes the others`,
    );
}
