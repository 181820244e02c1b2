import {expectBytes, expectRecord} from '../../checking/expect.ts';
import {bitsPerValue, byteLength, mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {nf4} from '../../quant/formats/codebook.ts';
import {quantizeBlockWise} from '../../quant/methods/block-wise.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {clearOfMiddles, expectNumbers} from './inputs.ts';

export const quantizeNf4: Task = {
  name: 'quantizeNf4',
  title: 'Quantize to NF4',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'four and a half bits a weight, on real buffers',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([2 * draw.integer(1, 4), 64]);
        const {packed, absMax} = expectRecord(await learner.call('quantizeNf4', x, 64), ['packed', 'absMax'], 'the result of quantizeNf4');
        return {
          measured: bitsPerValue(byteLength(packed, 'packed') + byteLength(absMax, 'absMax'), x.data.length),
          comparison: '==',
          threshold: 4.5,
          unit: 'bits per weight',
          message: 'The buffers have another size: two codes share a byte, and 64 weights share one float32 number of four bytes.',
        };
      },
    },
    {
      name: 'each block has its largest magnitude',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const blockSize of [64, 32, 128]) {
          const x = uneven(draw, [3, 128], blockSize);
          const {absMax} = await answerFor(learner, x, blockSize);
          const right = quantizeBlockWise(x.data, x.shape, {blockSize}).absMax as Float32Array;
          right.forEach((value, i) => (worst = Math.max(worst, Math.abs(absMax[i]! / value - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-4,
          unit: 'relative error of an absMax',
          message:
            'absMax is not the largest magnitude of each block. A block is blockSize neighbours in reading order, wherever a row ends; a large negative weight counts as much as a positive one.',
        };
      },
    },
    {
      name: 'codes are those of the nearest number',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const blockSize of [64, 32]) {
          const x = uneven(draw, [4, 96], blockSize);
          const {packed} = await answerFor(learner, x, blockSize);
          const right = quantizeBlockWise(x.data, x.shape, {blockSize}).packed;
          // Whichever half of a byte is the first: that has a check of its own.
          wrong += Math.min(wrongCodes(right, packed), wrongCodes(right, packed.map(swapped)));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Some codes are not those that bitsandbytes gives. Divide each weight by its own block’s absMax, then look for the number at the least distance; the numbers are not equally far apart, so rounding cannot find it.',
        };
      },
    },
    {
      name: 'the first of two codes is in the upper half of the byte',
      points: 1,
      async measure(learner, draw) {
        const x = clearOfMiddles(draw, [4, 64], 64, (d, i) => (i % 2 === 0 ? d.uniform(0.2, 1) : -d.uniform(0.2, 1)));
        const {packed} = await answerFor(learner, x, 64);
        return {
          measured: mismatches(quantizeBlockWise(x.data, x.shape).packed, packed),
          comparison: '==',
          threshold: 0,
          unit: 'wrong bytes',
          message:
            'The bytes are not those of bitsandbytes. Its order is the other way round than that of lesson 07 and 22: the first code of a pair goes to the upper four bits, 16 · first + second.',
        };
      },
    },
    {
      name: 'blocks of zeros, of huge and of tiny values',
      points: 1,
      async measure(learner, draw) {
        const sizes = [0, 1e30, 1e-30, 1, 0];
        const x = clearOfMiddles(draw, [5, 64], 64, (d, i) => sizes[Math.floor(i / 64)]! * d.pick([-1, 1]) * d.uniform(0.1, 3));
        const {packed, absMax} = await answerFor(learner, x, 64);
        const right = quantizeBlockWise(x.data, x.shape);
        let wrong = 0;
        for (let i = 0; i < x.data.length; i++) {
          const [code, expected] = [codeAt(packed, i), codeAt(right.packed, i)];
          const isZero = sizes[Math.floor(i / 64)] === 0;
          if (isZero ? nf4.values[code]! * absMax[Math.floor(i / 64)]! !== 0 : code !== expected) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong weights',
          message:
            'In a block of zeros 0 / 0 is NaN: its weights must come back as 0. Nothing may be added to small weights, nor may large ones be cut.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeNf4', draw.tensor([2, 64]), 64),
    },
  ],
};

/** Blocks of unequal size, the largest magnitude of every second of them negative. */
function uneven(draw: Draw, shape: readonly number[], blockSize: number): TensorData {
  const sizes = Array.from({length: shape.reduce((product, n) => product * n, 1) / blockSize}, () => 10 ** draw.uniform(-1.5, 1.5));
  return clearOfMiddles(draw, shape, blockSize, (d, i) => {
    const block = Math.floor(i / blockSize);
    const value = i % blockSize === 5 ? (block % 2 === 0 ? -3.5 : 3.5) * d.uniform(1, 1.2) : Math.max(-3, Math.min(3, d.normal()));
    return sizes[block]! * value;
  });
}

async function answerFor(
  learner: Learner,
  x: TensorData,
  blockSize: number,
): Promise<{readonly packed: Uint8Array; readonly absMax: ArrayLike<number>}> {
  const answer = expectRecord(await learner.call('quantizeNf4', x, blockSize), ['packed', 'absMax'], 'the result of quantizeNf4');
  return {
    packed: expectBytes(answer.packed, {what: 'packed', length: x.data.length / 2, why: 'two codes share a byte'}),
    absMax: expectNumbers(answer.absMax, 'absMax', x.data.length / blockSize),
  };
}

function codeAt(packed: Uint8Array, i: number): number {
  const byte = packed[i >> 1]!;
  return i % 2 === 0 ? byte >> 4 : byte & 15;
}

function swapped(byte: number): number {
  return ((byte & 15) << 4) | (byte >> 4);
}

function wrongCodes(reference: Uint8Array, packed: Uint8Array): number {
  let wrong = 0;
  for (let i = 0; i < 2 * reference.length; i++) if (codeAt(reference, i) !== codeAt(packed, i)) wrong++;
  return wrong;
}
