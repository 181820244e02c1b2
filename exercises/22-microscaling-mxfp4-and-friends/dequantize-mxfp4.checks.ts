import {expectTensor} from '../../checking/expect.ts';
import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {dequantizeMicroScaled, type MicroScaled, quantizeMx} from '../../quant/methods/micro-scaling.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {unequalBlocks} from './inputs.ts';

export const dequantizeMxfp4: Task = {
  name: 'dequantizeMxfp4',
  title: 'Restore from MXFP4',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each value is its block’s power of two times its element',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const quantized of [quantizeMx(unequalBlocks(draw, 4, 96, 3).data, [4, 96]), random(draw, [3, 64])])
          wrong += mismatches(dequantizeMicroScaled(quantized), (await answerFor(learner, quantized)).data);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'A restored value is not 2^(scale − 127) · element. The first code of a byte is in its lower four bits; the highest bit of a code is the sign; the elements are 0, 0.5, 1, 1.5, 2, 3, 4, 6.',
        };
      },
    },
    {
      name: 'float32 comes back, in the shape that was given',
      points: 1,
      async measure(learner, draw) {
        const shapes = [[32], [2, 64], [2, 3, 32]];
        let right = 0;
        for (const shape of shapes) if ((await answerFor(learner, random(draw, shape))).dtype === 'float32') right++;
        return {
          measured: right,
          comparison: '==',
          threshold: shapes.length,
          unit: 'shapes',
          message: 'The restored tensor must be float32: elements such as 0.5 are no whole numbers.',
        };
      },
    },
    {
      name: 'scales far from 1 are kept',
      points: 1,
      async measure(learner, draw) {
        const quantized = {...random(draw, [4, 32]), scales: Uint8Array.of(7, 60, 190, 247)};
        return {
          measured: mismatches(dequantizeMicroScaled(quantized), (await answerFor(learner, quantized)).data),
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'A scale’s byte goes from 0 to 254 and stands for 2^−127 … 2^127. Shifting a 1 to the left makes no such number: use 2 ** (byte − 127).',
        };
      },
    },
    {
      name: 'codes and scales are left as they were',
      points: 1,
      async measure(learner, draw) {
        const {packed, scales, shape} = given(random(draw, [2, 32]));
        const [after] = await learner.inputsAfter('dequantizeMxfp4', {packed, scales, shape});
        const fields = after as Record<string, Uint8Array>;
        const changed = mismatches(packed, fields['packed'] ?? []) + mismatches(scales, fields['scales'] ?? []);
        return {
          guard: true,
          measured: changed,
          comparison: '==',
          threshold: 0,
          unit: 'changed bytes',
          message: 'dequantizeMxfp4 changes the bytes that it is given. The caller still needs them.',
        };
      },
    },
  ],
};

/** Random codes, all sixteen of them, with scales near 1. */
function random(draw: Draw, shape: readonly number[]): MicroScaled {
  const size = shape.reduce((product, n) => product * n, 1);
  const one = quantizeMx(new Float32Array(size), shape);
  return {
    ...one,
    codes: Uint8Array.from({length: size / 2}, () => draw.integer(0, 255)),
    scales: Uint8Array.from({length: size / 32}, () => draw.integer(117, 135)),
  };
}

function given({shape, codes, scales}: MicroScaled): {shape: readonly number[]; packed: Uint8Array; scales: Uint8Array} {
  return {shape, packed: codes, scales};
}

async function answerFor(learner: Learner, quantized: MicroScaled): Promise<TensorData> {
  const value: Plain = await learner.call('dequantizeMxfp4', given(quantized));
  return expectTensor(value, {what: 'the restored tensor', shape: quantized.shape});
}
