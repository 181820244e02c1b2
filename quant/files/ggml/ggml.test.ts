import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {iq1Grid, iq2sGrid, iq2xsGrid, iq2xxsGrid, iq3sGrid, iq3xxsGrid} from './iq-grids.ts';
import {isWritable} from './ggml-type.ts';
import {dequantizeGgml, ggmlType, ggmlTypes, quantizeGgml} from '../../index.ts';

interface Golden {
  readonly name: string;
  readonly type: string;
  readonly values: string;
  readonly bytes: string;
}

/** Written by golden.py with gguf-py and llama.cpp; arrays as base64 of their bytes. */
const {quantized, read, grids} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  quantized: readonly Golden[];
  read: readonly Omit<Golden, 'name'>[];
  grids: Readonly<Record<string, string>>;
};
const sha256 = (bytes: Int8Array): string => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array<ArrayBuffer> => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

test.each(quantized)('$type is written as gguf-py or llama.cpp writes it: $name', ({type, values, bytes}) => {
  expect(quantizeGgml(floatsOf(values), 256, ggmlType(type))).toEqual(bytesOf(bytes));
});

test.each(read)('$type is read as gguf-py reads it', ({type, values, bytes}) => {
  expect(dequantizeGgml(bytesOf(bytes), ggmlType(type)).map(value => value + 0)).toEqual(floatsOf(values).map(value => value + 0));
});

test('the grids have the vectors of gguf-py, every one', () => {
  const ours = {IQ1_S: iq1Grid, IQ2_XXS: iq2xxsGrid, IQ2_XS: iq2xsGrid, IQ2_S: iq2sGrid, IQ3_XXS: iq3xxsGrid, IQ3_S: iq3sGrid};
  expect(Object.fromEntries(Object.entries(ours).map(([name, grid]) => [name, sha256(grid.values())]))).toEqual(grids);
});

/** How far a value may come back from where it was, as a share of the row's absMax; generous: codes are exact above. */
const bounds: Record<string, number> = {
  F32: 0,
  F16: 2 ** -10,
  BF16: 2 ** -7,
  Q8_0: 1 / 200,
  Q6_K: 1 / 40,
  Q5_0: 1 / 14,
  Q5_1: 1 / 14,
  Q4_0: 1 / 6.9,
  Q4_1: 1 / 6.9,
  Q4_K: 1 / 6,
  // From 7.99 on, MXFP4 saturates at 6; ggml's scales of E4M3 end in subnormal numbers.
  MXFP4: 1 / 3.9,
  NVFP4: 1 / 5,
};

describe.each(ggmlTypes.filter(isWritable))('$name', type => {
  test('comes back about as it went', () => {
    const value = fc.float({min: -8, max: 8, noNaN: true});
    fc.assert(
      fc.property(fc.array(value, {minLength: 256, maxLength: 256}), row => {
        const values = Float32Array.from(row);
        const absMax = Math.max(...values.map(Math.abs));
        const restored = dequantizeGgml(quantizeGgml(values, 256, type), type);
        const worst = Math.max(...values.map((x, i) => Math.abs(x - restored[i]!)));
        expect(worst).toBeLessThanOrEqual(bounds[type.name]! * absMax + 1e-7);
      }),
      {numRuns: 30},
    );
  });
});

describe('rows and bytes', () => {
  test('take the bits that the type says', () => {
    const bits = Object.fromEntries(ggmlTypes.map(({name, blockSize, blockBytes}) => [name, (blockBytes * 8) / blockSize]));
    expect(bits).toMatchObject({
      Q8_0: 8.5,
      Q4_0: 4.5,
      Q4_1: 5,
      Q5_0: 5.5,
      Q5_1: 6,
      Q2_K: 2.625,
      Q3_K: 3.4375,
      Q4_K: 4.5,
      Q5_K: 5.5,
      Q6_K: 6.5625,
      IQ1_S: 1.5625,
      IQ1_M: 1.75,
      IQ2_XXS: 2.0625,
      IQ2_XS: 2.3125,
      IQ2_S: 2.5625,
      IQ3_XXS: 3.0625,
      IQ3_S: 3.4375,
      MXFP4: 4.25,
      NVFP4: 4.5,
    });
  });

  test('are refused where they do not fit', () => {
    const values = new Float32Array(48);
    expect(() => quantizeGgml(values, 48, ggmlType('Q8_0'))).toThrow('Expected rows in blocks of 32 for Q8_0, got 48 values in rows of 48');
    expect(() => quantizeGgml(new Float32Array(256), 256, ggmlType('Q2_K'))).toThrow(/which is only read here/);
    expect(() =>
      quantizeGgml(
        Float32Array.from({length: 32}, (_, i) => (i === 5 ? NaN : 0)),
        32,
        ggmlType('Q4_0'),
      ),
    ).toThrow('Expected finite values, got NaN at 5');
    expect(() => dequantizeGgml(new Uint8Array(35), ggmlType('Q8_0'))).toThrow('Expected blocks of 34 bytes for Q8_0, got 35 bytes in all');
    expect(() => ggmlType('Q9')).toThrow(/Expected a ggml type \(F32, .*\), got Q9/);
  });
});
