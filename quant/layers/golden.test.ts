import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {beforeAll, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {fakeQuantize, fakeQuantizeLearned} from './index.ts';

interface Golden {
  readonly kind: 'tensor' | 'channel' | 'learned';
  readonly scale: readonly number[];
  readonly zeroPoint: readonly [number];
  readonly qmin: number;
  readonly qmax: number;
  readonly x: string;
  readonly dy: string;
  readonly y: string;
  readonly dx: string;
  readonly dScale?: number;
}

/** Written by golden.py with PyTorch; arrays as base64 of their bytes. */
const {cases} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {cases: readonly Golden[]};
const floatsOf = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
const plus0 = (values: ArrayLike<number>): number[] => Array.from(values, value => value + 0);

type Tensor = ReturnType<Backend['tf']['tensor']>;
let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

test.each(cases)('fake-quantizes as PyTorch does, forward and backward: per $kind, $qmin … $qmax', golden => {
  const {kind, qmin, qmax, dScale} = golden;
  const [zeroPoint] = golden.zeroPoint;
  const [x, dy] = [golden.x, golden.dy].map(values => tf.tensor2d(floatsOf(values), [floatsOf(values).length / 12, 12]));
  const scale = tf.tensor1d([...golden.scale]);
  const grid = {zeroPoint, qmin, qmax};
  const snap = (x: Tensor): Tensor =>
    kind === 'learned'
      ? fakeQuantizeLearned(x, scale, grid)
      : fakeQuantize(x, {...grid, scale: kind === 'tensor' ? golden.scale[0]! : scale});
  expect(plus0(snap(x!).dataSync())).toEqual(plus0(floatsOf(golden.y)));
  expect(plus0(tf.grad(snap)(x!, dy).dataSync())).toEqual(plus0(floatsOf(golden.dx)));
  if (dScale === undefined) return;
  const [, toScale] = tf.grads((x, s) => fakeQuantizeLearned(x, s, grid))([x!, scale], dy);
  // A sum of some 400 float32 numbers.
  expect(toScale!.dataSync()[0]).toBeCloseTo(dScale, 2);
});

test('gives the same bits, forward and backward, on every grid and at each middle between codes, as in plain JavaScript', async () => {
  if ((await loadBackend()).name !== 'tensorflow') return;
  const grids = fc.record({
    scale: fc.double({min: 1e-4, max: 10, noNaN: true}),
    qmin: fc.integer({min: -256, max: 0}),
    count: fc.integer({min: 1, max: 511}),
  });
  await fc.assert(
    fc.asyncProperty(grids, fc.integer({min: -300, max: 300}), fc.boolean(), async ({scale, qmin, count}, zeroPoint, asTensor) => {
      const [qmax, f] = [qmin + count, Math.fround];
      const middles = Float32Array.from({length: count + 8}, (_, i) => (qmin - zeroPoint - 4.5 + i) * f(scale));
      const beside = [-2, -1, 1, 2].map(ulps => new Float32Array(new Int32Array(middles.slice().buffer).map(bits => bits + ulps).buffer));
      const values = [...middles, ...beside.flatMap(list => [...list]), 0, -0, 1e20, -1e20, NaN];
      const run = (): number[] =>
        tf.tidy(() => {
          const snap = (x: Tensor): Tensor => fakeQuantize(x, {scale: asTensor ? tf.tensor1d([scale]) : scale, zeroPoint, qmin, qmax});
          const x = tf.tensor1d(values);
          return [...snap(x).dataSync(), ...tf.grad(snap)(x, tf.onesLike(x)).dataSync()].map(value => value + 0);
        });
      const here = run();
      await tf.setBackend('cpu');
      const composed = run();
      await tf.setBackend('tensorflow');
      expect(here).toEqual(composed);
    }),
  );
});
