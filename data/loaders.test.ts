import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterAll, describe, expect, it} from 'vitest';
import {parseCsv, readCsv} from './csv.ts';
import {parseIdx, readIdx, readMnist} from './idx.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-loaders-'));
afterAll(() => rmSync(folder, {recursive: true}));

const inFile = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** Two images of 2 × 3 pixels, as MNIST stores them. */
const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 1]);
const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]);

describe('an IDX file', () => {
  it('is read with its shape, plain or compressed', () => {
    const plain = readIdx(inFile('images', images));
    expect(plain.shape).toEqual([2, 2, 3]);
    expect(Array.from(plain.data).slice(0, 6)).toEqual([0, 51, 102, 153, 204, 255]);
    expect(readIdx(inFile('images.gz', gzipSync(images)))).toEqual(plain);
  });

  it('holds bytes, integers and floats, big-endian', () => {
    const header = (type: number): number[] => [0, 0, type, 1, 0, 0, 0, 1];
    const one = (type: number, ...bytes: number[]): number => parseIdx(Uint8Array.from([...header(type), ...bytes])).data[0]!;
    expect([one(9, 0xff), one(11, 0xff, 0xfe), one(12, 0, 1, 0, 0), one(13, 0x3f, 0x80, 0, 0), one(14, 0xc0, 0, 0, 0, 0, 0, 0, 0)]).toEqual(
      [-1, -2, 65_536, 1, -2],
    );
  });

  it('gives images and labels in the form of the digits', () => {
    const {images: x, labels: y, size} = readMnist(inFile('x', images), inFile('y', labels));
    expect(x.shape).toEqual([2, 6]);
    expect(x.data[1]).toBeCloseTo(0.2, 6);
    expect([...y, ...size]).toEqual([7, 3, 2, 3]);
    expect(() => readMnist(inFile('y', labels), inFile('x', images))).toThrow('in this order');
  });

  it.each([
    ['is empty', new Uint8Array(), 'less than a header'],
    ['begins with other bytes', Uint8Array.from([1, 0, 8, 1, 0, 0, 0, 0]), 'two bytes of 0'],
    ['names no type', Uint8Array.from([0, 0, 10, 1, 0, 0, 0, 0]), 'type 8'],
    ['ends within its header', images.slice(0, 9), '3 sizes'],
    ['is cut off', images.slice(0, -1), '12 bytes of data'],
    ['goes on after its data', Uint8Array.from([...images, 0]), '12 bytes of data'],
    ['claims 2^96 elements', Uint8Array.from([0, 0, 8, 3, ...new Uint8Array(12).fill(255), 1]), 'bytes of data'],
    ['has 255 dimensions', Uint8Array.from([0, 0, 8, 255, 0]), '1 to 8 dimensions'],
  ])('that %s is refused', (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(RangeError);
    expect(() => parseIdx(bytes)).toThrow(message);
  });

  it('that is no gzip although it says so is refused', () => {
    expect(() => readIdx(inFile('bad.gz', Uint8Array.from([0x1f, 0x8b, 8, 9])))).toThrow('compressed by gzip');
  });
});

describe('a CSV file', () => {
  it('is a table of numbers, with classes where a column names them', async () => {
    const file = inFile('flowers.csv', '\uFEFFlength, kind ,width\r\n1.5,rose,2\r\n-3e2,"wild, rose",0.25\r\n\r\n4,rose,5\r\n');
    const {columns, values, labels, classes} = await readCsv(file, {label: 'kind'});
    expect(columns).toEqual(['length', 'width']);
    expect(values).toEqual({dtype: 'float32', shape: [3, 2], data: Float32Array.from([1.5, 2, -300, 0.25, 4, 5])});
    expect([...labels]).toEqual([0, 1, 0]);
    expect(classes).toEqual(['rose', 'wild, rose']);
  });

  it.each([
    ['a word among numbers', 'a,b\n1,2\n3,x', 'row 3, column b'],
    ['a number that is missing', 'a,b\n1,', 'row 2, column b'],
    ['a row that is too short', 'a,b\n1', 'equal length'],
    ['no rows', 'a,b\n', 'at least one row'],
    ['nothing', '', 'at least one row'],
    ['infinity', 'a\n1e999', 'row 2, column a'],
  ])('with %s is refused', async (_, text, message) => {
    await expect(parseCsv(text)).rejects.toThrow(message);
  });

  it('without the label column that is asked for is refused', async () => {
    await expect(parseCsv('a,b\n1,2', {label: 'c'})).rejects.toThrow('a column named c');
  });
});
