import {beforeAll, expect, test} from 'vitest';
import {type Backend, loadBackend} from './index.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend('wasm'));
});

const [height, width, inputs, outputs] = [7, 8, 2, 3];
const pixels = Float32Array.from({length: height * width * inputs}, (_, i) => Math.sin(i * i));
const filterOf = (rows: number, columns: number, last: number): Float32Array =>
  Float32Array.from({length: rows * columns * inputs * last}, (_, i) => Math.cos(3 * i));

/** By the definition, TensorFlow's `same`: as many outputs as strides fit, and of the padding the smaller half before. */
function convolved([rows, columns]: Pair, strides: Pair, perChannel: boolean): number[] {
  const last = perChannel ? 2 : outputs;
  const filter = filterOf(rows, columns, last);
  const counts = [Math.ceil(height / strides[0]), Math.ceil(width / strides[1])] as const;
  const before = (count: number, stride: number, size: number, of: number): number =>
    Math.floor(Math.max(0, (count - 1) * stride + size - of) / 2);
  const [top, left] = [before(counts[0], strides[0], rows, height), before(counts[1], strides[1], columns, width)];
  const sums: number[] = [];
  for (let y = 0; y < counts[0]; y++)
    for (let x = 0; x < counts[1]; x++)
      for (let out = 0; out < (perChannel ? inputs * last : last); out++) {
        let sum = 0;
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++)
            for (let channel = 0; channel < inputs; channel++) {
              const [py, px] = [y * strides[0] + r - top, x * strides[1] + c - left];
              if (py < 0 || py >= height || px < 0 || px >= width) continue;
              if (perChannel && Math.floor(out / last) !== channel) continue;
              sum +=
                pixels[(py * width + px) * inputs + channel]! *
                filter[((r * columns + c) * inputs + channel) * last + (perChannel ? out % last : out)]!;
            }
        sums.push(sum);
      }
  return sums;
}

type Pair = readonly [number, number];
const sizes: Pair[] = [1, 2, 3].flatMap(rows => [1, 2, 3].map((columns): Pair => [rows, columns]));
const strides: Pair[] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [1, 2],
  [2, 1],
];

test.each(sizes.flatMap(size => strides.map(stride => ({size, stride}))))(
  'filters of $size by strides of $stride pad as TensorFlow',
  given => {
    const {size, stride} = given;
    const x = tf.tensor4d(pixels, [1, height, width, inputs]);
    const count = tf.memory().numTensors;
    const close = (found: Tensor, expected: number[]): void => {
      expect(found.size).toBe(expected.length);
      found.dataSync().forEach((sum, i) => expect(Math.abs(sum - expected[i]!)).toBeLessThan(1e-5));
    };
    tf.tidy(() => {
      const filter = tf.tensor4d(filterOf(...size, outputs), [...size, inputs, outputs]);
      const expected = convolved(size, stride, false);
      close(tf.conv2d(x, filter, [...stride], 'same'), expected);
      close(tf.fused.conv2d({x, filter, strides: [...stride], pad: 'same'}), expected);
      if (stride[0] !== stride[1]) return;
      const perChannel = tf.tensor4d(filterOf(...size, 2), [...size, inputs, 2]);
      const expectedPerChannel = convolved(size, stride, true);
      close(tf.depthwiseConv2d(x, perChannel, [...stride], 'same'), expectedPerChannel);
      close(tf.fused.depthwiseConv2d({x, filter: perChannel, strides: [...stride], pad: 'same'}), expectedPerChannel);
    });
    expect(tf.memory().numTensors).toBe(count);
    x.dispose();
  },
);

type Tensor = ReturnType<Backend['tf']['tensor']>;
