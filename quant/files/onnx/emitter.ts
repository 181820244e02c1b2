import type {QParams} from '../../affine/qparams.ts';
import {chooseQParams} from '../../affine/qparams.ts';
import type {QType} from '../../formats/qtype.ts';
import type {Range} from '../../observers/observer.ts';
import {type Flow, type GraphBuilder, type GridNames, type KernelCodes} from './graph.ts';

/**
 * How a model's integers are written.
 * `float`: none. `qdq`: float operations between QuantizeLinear and DequantizeLinear, which runtimes fuse to integer ones.
 * `dynamic`: DynamicQuantizeLinear, MatMulInteger and ConvInteger: activations get their grid batch by batch.
 * `integer`: QLinearConv, QLinearMatMul and MatMulInteger on the grids of calibrated ranges.
 */
export type OnnxForm = 'float' | 'qdq' | 'dynamic' | 'integer';

/** Turns activations from numbers to codes and back where the next operation needs it. */
export class Emitter {
  /** Values that are on their grid, by the name of those before. */
  private readonly snapped = new Map<string, string>();
  private readonly grids = new Map<string, GridNames>();

  constructor(
    readonly graph: GraphBuilder,
    readonly form: OnnxForm,
    private readonly ranges: ReadonlyMap<string, Range>,
    private readonly activations: QType,
  ) {}

  /** What a layer gives, with the grid of its range; as it is where there is no range, or the form has no use for one. */
  activation(flow: Flow, layer: string): Flow {
    const grid = this.gridOf(layer);
    return grid ? {...flow, grid} : flow;
  }

  /** The grid of a layer's output; its constants are made with their first use. */
  gridOf(layer: string): GridNames | undefined {
    const range = this.form === 'qdq' || this.form === 'integer' ? this.ranges.get(layer) : undefined;
    if (!range) return undefined;
    const known = this.grids.get(layer);
    if (known) return known;
    const [graph, qtype] = [this.graph, this.activations];
    const qparams: QParams = chooseQParams(range.min, range.max, {qtype, scheme: 'asymmetric'});
    let [scale, zeroPoint] = ['', ''];
    const grid: GridNames = {
      qparams,
      qtype,
      get scale() {
        return (scale ||= graph.floats(`${layer}/scale`, [qparams.scale], []));
      },
      get zeroPoint() {
        return (zeroPoint ||= graph.integers(`${layer}/zero_point`, [qparams.zeroPoint], [], qtype));
      },
    };
    this.grids.set(layer, grid);
    return grid;
  }

  /** What the next operation computes with: of the form qdq, numbers on the grid. */
  numbers(flow: Flow, label: string): string {
    const {float, codes, grid} = flow;
    if (float === undefined) return this.graph.node('DequantizeLinear', [codes!, grid!.scale, grid!.zeroPoint], label);
    if (this.form !== 'qdq' || !grid) return float;
    const known = this.snapped.get(float);
    if (known) return known;
    const rounded = this.graph.node('QuantizeLinear', [float, grid.scale, grid.zeroPoint], float);
    const snapped = this.graph.node('DequantizeLinear', [rounded, grid.scale, grid.zeroPoint], float);
    this.snapped.set(float, snapped);
    return snapped;
  }

  /** What a model gives: its last numbers as they are, which nothing computes with any more. */
  result(flow: Flow, label: string): string {
    return flow.float ?? this.numbers(flow, label);
  }

  /** @throws RangeError where no range says which grid the codes have */
  codes(flow: Flow, layer: string): {readonly codes: string; readonly grid: GridNames} {
    const {grid} = flow;
    if (!grid)
      throw new RangeError(
        `Expected a range of what goes into layer ${layer}, got none; calibrate with activationRanges, or choose the form dynamic`,
      );
    return {grid, codes: flow.codes ?? this.graph.node('QuantizeLinear', [flow.float!, grid.scale, grid.zeroPoint], layer)};
  }

  /** Moves the channels where the next operation looks for them. */
  withChannels(flow: Flow, channels: Flow['channels'], label: string): Flow {
    if (flow.channels === channels || flow.rank < 3) return {...flow, channels};
    const spatial = Array.from({length: flow.rank - 2}, (_, i) => i + 1);
    const perm = channels === 'first' ? [0, flow.rank - 1, ...spatial] : [0, ...spatial.map(axis => axis + 1), 1];
    return {...this.moved(flow, 'Transpose', label, {perm}), channels};
  }

  /** An operation that only moves values about: on codes where there are codes. */
  moved(
    flow: Flow,
    op: string,
    label: string,
    attributes: Readonly<Record<string, number | string | readonly number[]>> = {},
    ...more: string[]
  ): Flow {
    const {float, codes, ...rest} = flow;
    if (codes !== undefined) return {...rest, codes: this.graph.node(op, [codes, ...more], label, attributes)};
    return {...rest, float: this.graph.node(op, [float!, ...more], label, attributes)};
  }

  /** Weights as numbers: codes behind a DequantizeLinear. */
  dequantizedKernel(kernel: KernelCodes, label: string): string {
    const attributes = {...(kernel.axis !== undefined && {axis: kernel.axis}), ...(kernel.blockSize && {block_size: kernel.blockSize})};
    return this.graph.node('DequantizeLinear', [this.kernelCodes(kernel, label), ...this.kernelGrid(kernel, label)], label, attributes);
  }

  kernelCodes({codes, shape, quantized: {qtype}}: KernelCodes, label: string): string {
    return this.graph.integers(`${label}/kernel_quantized`, codes, shape, qtype);
  }

  /** Scales and zero points of weights. */
  kernelGrid({quantized, scaleShape}: KernelCodes, label: string): [scale: string, zeroPoint: string] {
    const {qtype, scales, zeroPoints = new Int32Array(scales.length)} = quantized;
    return [
      this.graph.floats(`${label}/kernel_scale`, scales, scaleShape),
      this.graph.integers(`${label}/kernel_zero_point`, zeroPoints, scaleShape, qtype),
    ];
  }

  /** A bias in units of input scale · weight scale, as int32. */
  biasCodes(bias: ArrayLike<number>, input: QParams, {quantized: {scales}}: KernelCodes): Int32Array {
    const at = (i: number): number => scales[scales.length === 1 ? 0 : i]!;
    return Int32Array.from(bias, (value, i) => Math.round(value / biasScale(input, at(i))));
  }

  biasScales(bias: ArrayLike<number>, input: QParams, {quantized: {scales}}: KernelCodes): Float32Array {
    return Float32Array.from(bias, (_, i) => biasScale(input, scales[scales.length === 1 ? 0 : i]!));
  }
}

function biasScale({scale}: QParams, weightScale: number): number {
  return Math.fround(scale * weightScale);
}
