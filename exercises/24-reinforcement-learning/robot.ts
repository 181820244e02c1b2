import {type Policy, rollout, startCarts, stateSize} from '../../data/cart-pole.ts';
import {cartPolePolicy, policyOf, policyWidths} from '../../data/cart-pole-policy.ts';
import type {Draw} from '../../data/draw.ts';
import {perAxis} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {signed} from '../../quant/formats/qtype.ts';
import type {FloatLayer, IntegerLayer} from './interface.ts';
import {actions} from './integer-policy.ts';

/** A robot that the judge drew: the course's policy by other numbers, behind sensors with units of their own. */
export interface Robot {
  readonly layers: readonly FloatLayer[];
  /** What the sensors report for 1 m, 1 m/s, 1 rad, 1 rad/s; negative where one is mounted the other way round. */
  readonly units: readonly number[];
  /** What came into each layer while the float policy steered: [n · inputs]. */
  readonly observed: readonly Float32Array[];
}

/** How far the carts start from the middle, in every number of their state: the float policy keeps all of these standing. */
const spread = 0.15;
/** Carts that the judge drives, and for how many pushes at most. */
const [driven, drivenPushes] = [10, 250];
/** Observations to calibrate on: of how many carts, over how many pushes, every which. */
const [watched, watchedPushes, every] = [12, 80, 3];

/**
 * The same steering by numbers that nobody has stored: hidden units in another order and at other scales (ReLU lets a positive factor through),
 * each sensor in another unit.
 */
export function drawRobot(draw: Draw): Robot {
  const units = Array.from({length: stateSize}, () => draw.pick([-1, 1]) * 10 ** draw.uniform(-1, 3));
  const orders = policyWidths.map((width, i) => {
    const order = Array.from({length: width}, (_, unit) => unit);
    return i === 0 || i === policyWidths.length - 1 ? order : draw.shuffle(order);
  });
  const factors = policyWidths.map((width, i) =>
    Array.from({length: width}, (_, unit) => (i === 0 ? units[unit]! : i === policyWidths.length - 1 ? 1 : Math.exp(draw.normal(0, 0.4)))),
  );
  const layers = cartPolePolicy().map(({kernel, bias}, layer) => {
    const [rows, columns] = [orders[layer]!, orders[layer + 1]!];
    const [from, to] = [factors[layer]!, factors[layer + 1]!];
    return {
      inputs: rows.length,
      outputs: columns.length,
      kernel: Float32Array.from(
        rows.flatMap((row, i) => columns.map((column, j) => (kernel.data[row * columns.length + column]! * to[j]!) / from[i]!)),
      ),
      bias: Float32Array.from(columns, (column, j) => bias.data[column]! * to[j]!),
    };
  });
  return {layers, units, observed: watch(layers, units, draw)};
}

/** The toolkit's codes of a whole policy: made by the judge, never by the learner. */
export function referencePolicy({layers, observed}: Robot, bits: number): IntegerLayer[] {
  return layers.map((layer, i) => referenceLayer(layer, observed[i]!, bits));
}

/** Each input's step goes into the rows of the weights; what is left is int8 or fewer bits for each output. An input that never moved has no weight. */
export function referenceLayer({inputs, outputs, kernel, bias}: FloatLayer, observed: Float32Array, bits: number): IntegerLayer {
  const largest = new Float64Array(inputs);
  observed.forEach((x, i) => (largest[i % inputs] = Math.max(largest[i % inputs]!, Math.abs(x))));
  const folded = kernel.map((w, i) => (w * largest[Math.floor(i / outputs)]!) / 127);
  const quantized = quantize(folded, [inputs, outputs], {qtype: signed(bits), scheme: 'symmetric', granularity: perAxis(1)});
  return {
    inputs,
    outputs,
    inputScales: Float32Array.from(largest, most => most / 127 || 1),
    codes: Int8Array.from(quantized.codes()),
    scales: Float32Array.from(quantized.scales),
    bias: Int32Array.from(bias, (b, j) => Math.round(b / quantized.scales[j]!)),
  };
}

/** By how many pushes of 250 the mean return of integer layers stays below that of the float policy, on starts that nobody has seen. */
export function lostReturn({layers, units}: Robot, integers: readonly IntegerLayer[], draw: Draw): number {
  const starts = startCarts(driven, draw.for('hidden starts'), spread);
  const float = rollout(
    steering(units, states => floatActions(layers, states)),
    starts,
    drivenPushes,
  ).meanReturn;
  return (
    float -
    rollout(
      steering(units, states => actions(integers, states)),
      starts,
      drivenPushes,
    ).meanReturn
  );
}

/** What the sensors of hidden carts report while the course's own policy steers: [n · 4]. */
export function sensorReports({units}: Robot, draw: Draw, carts: number, pushes: number): Float32Array {
  const reports: Float32Array[] = [];
  const policy = policyOf(cartPolePolicy());
  const record: Policy = (states, standing) => {
    reports.push(states.map((x, i) => x * units[i % stateSize]!));
    return policy(states, standing);
  };
  rollout(record, startCarts(carts, draw.for('reports'), spread), pushes);
  return joined(reports);
}

function watch(layers: readonly FloatLayer[], units: readonly number[], draw: Draw): Float32Array[] {
  const all = sensorReports({layers, units, observed: []}, draw.for('watched'), watched, watchedPushes);
  const rows = Math.floor(all.length / stateSize / every);
  let flowing = new Float32Array(rows * stateSize);
  for (let row = 0; row < rows; row++) flowing.set(all.subarray(row * every * stateSize, (row * every + 1) * stateSize), row * stateSize);
  return layers.map(layer => {
    const came = flowing;
    flowing = dense(layer, came).map(y => Math.max(0, y));
    return came;
  });
}

function steering(units: readonly number[], act: (reports: Float32Array) => ArrayLike<number>): Policy {
  return states => act(states.map((x, i) => x * units[i % stateSize]!));
}

function floatActions(layers: readonly FloatLayer[], states: Float32Array): Int32Array {
  const scores = layers.reduce((h, layer, i) => {
    const y = dense(layer, h);
    return i < layers.length - 1 ? y.map(value => Math.max(0, value)) : y;
  }, states);
  return Int32Array.from({length: scores.length / 2}, (_, cart) => (scores[2 * cart + 1]! > scores[2 * cart]! ? 1 : 0));
}

function dense({inputs, outputs, kernel, bias}: FloatLayer, x: Float32Array): Float32Array<ArrayBuffer> {
  const rows = x.length / inputs;
  const y = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const at = row * outputs;
    for (let j = 0; j < outputs; j++) y[at + j] = bias[j]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[row * inputs + i]!;
      if (value !== 0) for (let j = 0; j < outputs; j++) y[at + j]! += value * kernel[i * outputs + j]!;
    }
  }
  return y;
}

function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
