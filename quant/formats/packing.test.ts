import fc from 'fast-check';
import {expect, test} from 'vitest';
import {pack, unpack} from '../index.ts';

test('puts the first code into the lowest bits', () => {
  expect([...pack([1, 2, 3], 4)]).toEqual([0x21, 0x03]);
  expect([...pack([-8, 7], 4)]).toEqual([0x78]);
  expect([...pack([0, 1, 2, 3, 3], 2)]).toEqual([0b11_10_01_00, 0b11]);
  expect([...pack([-1, -128, 255], 8)]).toEqual([255, 128, 255]);
  expect([...pack([1, 2, 3, 4, 5, 6, 7, 0], 3)]).toEqual([0b11_010_001, 0b0_101_100_0, 0b000_111_11]);
  expect(pack([], 4).length).toBe(0);
});

test('gives back what was packed', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 16}), fc.boolean(), fc.array(fc.nat(65535)), (bits, signed, raw) => {
      const codes = raw.map(value => (value % 2 ** bits) - (signed ? 2 ** (bits - 1) : 0));
      expect([...unpack(pack(codes, bits), {bits, signed, length: codes.length})]).toEqual(codes);
    }),
  );
});

test('refuses codes and lengths that do not fit', () => {
  expect(() => pack([0, 16], 4)).toThrow('Expected codes of 4 bits, whole numbers from -8 to 15, got 16 at 1');
  expect(() => pack([0.5], 2)).toThrow(/got 0.5/);
  expect(() => pack([0], 17)).toThrow('Expected codes of 1 to 16 bits, got 17');
  expect(() => unpack(new Uint8Array(2), {bits: 4, signed: true, length: 5})).toThrow('Expected 3 bytes for 5 codes of 4 bits, got 2');
});
