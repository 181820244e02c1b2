import {type Learner, LearnerThrew, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain} from '../../session/wire/plain.ts';
import {fileOf, fileWith, info} from './inputs.ts';
import type {TensorInfo} from './interface.ts';

export const readHeader: Task = {
  name: 'readHeader',
  title: 'Read a header',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each tensor has its name, dtype and shape',
      points: 2,
      async measure(learner, draw) {
        const tensors = [0, 1, 2, 3, 4].map(i => info(`h.${i}.größe.${draw.integer(10, 99)}`, 'F32', size(draw)));
        return compare(
          tensors,
          await learner.call('readHeader', fileOf(tensors)),
          ({name, dtype, shape}) => [name, dtype, ...shape].join(),
          'Some tensors are missing, or have another name, dtype or shape than the header says. The length is 8 bytes, the lowest first; the text after it is UTF-8.',
        );
      },
    },
    {
      name: 'a tensor has as many bytes as its dtype needs',
      points: 2,
      async measure(learner, draw) {
        const dtypes = draw.shuffle(['F64', 'F32', 'F16', 'BF16', 'F8_E4M3', 'I64', 'I8', 'U8', 'BOOL'] as const);
        const tensors = dtypes.map((dtype, i) => info(`t${i}`, dtype, size(draw)));
        return compare(
          tensors,
          await learner.call('readHeader', fileOf(tensors)),
          ({name, bytes}) => `${name} ${bytes}`,
          'Some tensors have other bytes than you say. Not every element takes 4: the two data_offsets say where a tensor begins and where it ends.',
        );
      },
    },
    {
      name: 'metadata is no tensor',
      points: 1,
      async measure(learner, draw) {
        const tensors = [info('a', 'F32', size(draw)), info('mask', 'BOOL', size(draw))];
        const file = fileOf(tensors, new Map([['format', 'pt']]));
        return compare(
          tensors,
          await learner.call('readHeader', file),
          ({name}) => name,
          'The entry __metadata__ holds texts about the file. It is no tensor, and it may be missing; all other entries are tensors.',
        );
      },
    },
    {
      name: 'a single number is a tensor, and an empty tensor is one',
      points: 1,
      async measure(learner, draw) {
        const tensors = [info('scalar', 'F32', []), info('empty', 'F16', [0, draw.integer(2, 9)]), info('plain', 'I8', size(draw))];
        return compare(
          tensors,
          await learner.call('readHeader', fileOf(tensors)),
          ({name, shape, bytes}) => `${name} ${bytes} ${shape.join()}`,
          'Shape [] is one number, and takes the bytes of one element; a shape with a 0 in it has no bytes. Both are in the list.',
        );
      },
    },
    {
      name: 'a file that is cut off is refused',
      points: 1,
      async measure(learner, draw) {
        const file = fileOf([info('a', 'F32', size(draw)), info('b', 'F16', size(draw))]);
        const lengths = [0, 5, 8, draw.integer(20, 60), file.length - 1, file.length - draw.integer(2, 7)];
        // Its length fits in 32 bits, but it has 64.
        const longHeader = file.slice();
        longHeader[5] = draw.integer(1, 9);
        return accepted(
          learner,
          [...lengths.map(length => file.slice(0, length)), longHeader],
          'A file that ends too early was read as if it were whole. Compare where the last tensor ends with the bytes that the file has, and throw an Error.',
        );
      },
    },
    {
      name: 'a header that lies is refused',
      points: 1,
      async measure(learner, draw) {
        const n = draw.integer(4, 20);
        const tensor = (shape: readonly number[], from: number, to: number) => ({dtype: 'F32', shape, data_offsets: [from, to]});
        return accepted(
          learner,
          [
            fileWith({a: tensor([n, 2], 0, 4 * n)}, 4 * n),
            fileWith({a: tensor([n], 0, 4 * n), b: tensor([n], 0, 4 * n)}, 8 * n),
            fileWith({a: tensor([n], 0, 4 * n), b: tensor([n], 4, 4 * n + 4)}, 8 * n),
            fileWith({a: tensor([n], 4 * n, 0)}, 4 * n),
          ],
          'A header that contradicts itself was believed. The bytes between the offsets must be those of shape and dtype, and no two tensors may share bytes: each begins where the one before it ends.',
        );
      },
    },
    {
      name: 'the file is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'readHeader', fileOf([info('a', 'F32', size(draw))])),
    },
  ],
};

/** Two sizes that differ. */
function size(draw: Draw): number[] {
  const rows = draw.integer(2, 6);
  return [rows, rows + draw.integer(1, 5)];
}

/** Counts the tensors that are not among the answer's, and what is there beside them. What is no tensor at all counts as beside them. */
function compare(right: readonly TensorInfo[], answer: Plain, key: (tensor: TensorInfo) => string, message: string): Measurement {
  if (!Array.isArray(answer))
    throw new WrongAnswer('Expected readHeader to return a list of {name, dtype, shape, bytes}: one entry for each tensor.');
  const entries = answer as readonly Plain[];
  const keys = entries.map(entry => {
    const {name, dtype, shape, bytes} = (entry ?? {}) as Readonly<Record<string, Plain>>;
    if (typeof name !== 'string' || typeof dtype !== 'string' || !Array.isArray(shape) || typeof bytes !== 'number') return undefined;
    return key({name, dtype, shape: shape as number[], bytes});
  });
  const found = right.filter(tensor => keys.includes(key(tensor))).length;
  return {
    measured: right.length - found + Math.abs(entries.length - right.length),
    comparison: '==',
    threshold: 0,
    unit: 'wrong tensors',
    message,
  };
}

async function accepted(learner: Learner, files: readonly Uint8Array[], message: string): Promise<Measurement> {
  let measured = 0;
  for (const file of files) {
    try {
      await learner.call('readHeader', file);
      measured++;
    } catch (error) {
      if (!(error instanceof LearnerThrew)) throw error;
    }
  }
  return {guard: true, measured, comparison: '==', threshold: 0, unit: 'broken files believed', message};
}
