import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {type Granularity, narrowRange, type QType, quantize, type Scheme, signed, type StepArithmetic, unsigned} from '../index.ts';

interface Golden {
  readonly oracle: (typeof oracles)[number];
  readonly input: string;
  readonly qtype: string;
  readonly granularity: Granularity;
  /** Where the oracle chose the grid itself. */
  readonly scheme?: Scheme;
  readonly scales: string;
  readonly zeroPoints: string;
  readonly codes: string;
  readonly restored: string;
}

/** Written by frameworks-golden.py; arrays as base64 of their bytes. */
const {inputs, cases} = JSON.parse(readFileSync(new URL('frameworks-golden.json', import.meta.url), 'utf8')) as {
  inputs: Readonly<Record<string, {readonly shape: readonly number[]; readonly values: string}>>;
  cases: readonly Golden[];
};

const buffer = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
const floats = (base64: string): Float32Array => new Float32Array(buffer(base64));
/** −0 and 0 are the same value. */
const plain = (values: ArrayLike<number>): number[] => Array.from(values, value => value + 0);

function codesOf(base64: string, {bits, signed}: QType): ArrayLike<number> {
  const bytes = buffer(base64);
  if (bits > 8) return signed ? new Int16Array(bytes) : new Uint16Array(bytes);
  return signed ? new Int8Array(bytes) : new Uint8Array(bytes);
}

function qtypeNamed(name: string): QType {
  const [, kind, bits, narrow] = /^(qu?int)(\d+)( narrow)?$/.exec(name)!;
  const qtype = kind === 'qint' ? signed(Number(bits)) : unsigned(Number(bits));
  return narrow ? narrowRange(qtype) : qtype;
}

const oracles = ['PyTorch', 'torchao', 'ONNX Runtime', 'ONNX Runtime, DynamicQuantizeLinear'] as const;
const pairs = oracles.flatMap(oracle =>
  Object.keys(inputs).map(input => ({oracle, input, own: cases.filter(c => c.oracle === oracle && c.input === input)})),
);

test.each(pairs.filter(({own}) => own.length > 0))('agrees with $oracle to the bit, grid, codes and values: $input', ({input, own}) => {
  const {shape, values} = inputs[input]!;
  for (const {oracle, scheme, granularity, ...golden} of own) {
    const qtype = qtypeNamed(golden.qtype);
    const steps: StepArithmetic = oracle.startsWith('ONNX') ? 'division' : 'inverse';
    const scales = floats(golden.scales);
    const zeroPoints = new Int32Array(buffer(golden.zeroPoints));
    const grid = scheme ? {scheme, minScale: oracle === 'torchao' ? 2 ** -23 : 0} : {scales, zeroPoints};
    const quantized = quantize(floats(values), shape, {...grid, qtype, granularity, steps});
    const where = `${golden.qtype}, ${Object.values(granularity).join(' ')}, ${scheme ?? 'given'}`;
    expect({
      where,
      scales: plain(quantized.scales),
      zeroPoints: plain(quantized.zeroPoints ?? new Int32Array(scales.length)),
      codes: plain(quantized.codes()),
      restored: plain(quantized.dequantize()),
    }).toEqual({
      where,
      scales: plain(scales),
      zeroPoints: plain(zeroPoints),
      codes: plain(codesOf(golden.codes, qtype)),
      restored: plain(floats(golden.restored)),
    });
  }
});

test('there are enough cases of every oracle', () => {
  for (const oracle of oracles) expect(cases.filter(c => c.oracle === oracle).length).toBeGreaterThanOrEqual(11);
});
