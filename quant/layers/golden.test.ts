import {readFileSync} from 'node:fs';
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
