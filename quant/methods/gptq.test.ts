import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {gptq, HessianObserver, perAxis, perGroup, qint4, type QTensor, quantize, signed, unsigned} from '../index.ts';

interface Golden {
  readonly name: string;
  readonly bits: number;
  readonly symmetric: boolean;
  readonly group: number;
  readonly actOrder: boolean;
  readonly codes: string;
  readonly scales: string;
  readonly zeroPoints: string;
  readonly loss: number;
}

/** Written by gptq-golden.py with NumPy; arrays as base64 of their bytes. */
const file = JSON.parse(readFileSync(new URL('gptq-golden.json', import.meta.url), 'utf8')) as {
  outputs: number;
  inputs: number;
  weights: string;
  activations: string;
  goldens: readonly Golden[];
};
const bufferOf = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
const {outputs, inputs} = file;
const activations = new Float32Array(bufferOf(file.activations));
const weights = {outputs, inputs, data: new Float32Array(bufferOf(file.weights))};
const observer = new HessianObserver(inputs);
// In two parts: the sums are of all that was seen.
observer.observe(activations.subarray(0, 100 * inputs));
observer.observe(activations.subarray(100 * inputs));
const hessian = observer.hessian();

test.each(file.goldens)('agrees with the published algorithm in float64: $name', golden => {
  const {bits, symmetric, group: groupSize, actOrder} = golden;
  const options = {
    qtype: symmetric ? signed(bits) : unsigned(bits),
    scheme: symmetric ? 'symmetric' : 'asymmetric',
    groupSize,
    actOrder,
  } as const;
  for (const blockSize of [128, 32, 24, 1]) {
    const {quantized, loss} = gptq(weights, hessian, {...options, blockSize});
    expect(quantized.scales).toEqual(new Float32Array(bufferOf(golden.scales)));
    expect([...quantized.codes()]).toEqual([...new Int32Array(bufferOf(golden.codes))]);
    const zeroPoints = new Int32Array(bufferOf(golden.zeroPoints));
    expect(quantized.zeroPoints ?? zeroPoints.map(() => 0)).toEqual(zeroPoints);
    expect(loss).toBeCloseTo(golden.loss, 8);
  }
});

describe('on correlated inputs', () => {
  const scheme = 'symmetric';

  test.each([
    [3, 64],
    [4, 64],
    [3, 16],
    [4, 16],
  ])('errs less at the output than rounding to nearest does: %d bits, groups of %d', (bits, groupSize) => {
    const nearest = quantize(weights.data, [outputs, inputs], {
      qtype: signed(bits),
      scheme,
      granularity: groupSize === inputs ? perAxis(0) : perGroup(groupSize),
    });
    const {quantized} = gptq(weights, hessian, {qtype: signed(bits), scheme, groupSize});
    expect(outputError(quantized)).toBeLessThan(0.7 * outputError(nearest));
  });
});

describe('refuses', () => {
  const options = {qtype: qint4, scheme: 'symmetric'} as const;

  test('what does not fit', () => {
    expect(() => gptq({...weights, inputs: 32, outputs: 24}, hessian, options)).toThrow(
      'Expected a Hessian of 32 × 32, one row an input, got 64',
    );
    expect(() => gptq({...weights, outputs: 13}, hessian, options)).toThrow('Expected 832 weights for [13, 64], got 768');
    expect(() => gptq(weights, hessian, {...options, groupSize: 24})).toThrow('Expected groupSize to divide the 64 inputs, got 24');
    expect(() => observer.observe([1, 2, 3])).toThrow('Expected rows of 64 activations, got 3 values');
    expect(() => observer.observe(new Float32Array(64).fill(NaN))).toThrow('Expected finite activations, got NaN at 0');
    expect(() => new HessianObserver(2).hessian()).toThrow(/Expected calibration data to be observed/);
    for (const inputs of [0, 1.5, NaN])
      expect(() => new HessianObserver(inputs)).toThrow(`Expected a layer's number of inputs, got ${inputs}`);
  });

  test('a Hessian that is not positive definite, and says what helps', () => {
    const few = new HessianObserver(inputs);
    few.observe(activations.subarray(0, 8 * inputs));
    expect(() => gptq(weights, few.hessian(), {...options, dampening: 0})).toThrow(/raise the dampening or calibrate on more data/);
    expect(gptq(weights, few.hessian(), options).loss).toBeGreaterThan(0);
  });
});

/** Σ (x·w − x·ŵ)² over the calibration data. */
function outputError(quantized: QTensor): number {
  const restored = quantized.dequantize();
  let sum = 0;
  for (let row = 0; row < activations.length; row += inputs)
    for (let output = 0; output < outputs; output++) {
      let difference = 0;
      for (let i = 0; i < inputs; i++)
        difference += activations[row + i]! * (weights.data[output * inputs + i]! - restored[output * inputs + i]!);
      sum += difference ** 2;
    }
  return sum;
}
