import {mismatches} from '../../checking/metrics.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {pack} from '../../quant/formats/packing.ts';
import {isTensorData, isTypedArray, type TensorData} from '../../session/wire/plain.ts';

export const storeClustered: Task = {
  name: 'storeClustered',
  title: 'Store it, table and all',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the bytes are those of the table and of the packed indices',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const given of [drawn(draw, 2, [7, 9]), drawn(draw, 3, [11, 7]), drawn(draw, 4, [5, 9])])
          worst = Math.max(worst, Math.abs((await answerFor(learner, given)).length - bytesOf(given).length));
        return {
          measured: worst,
          comparison: '==',
          threshold: 0,
          unit: 'bytes too many or too few',
          message:
            'The buffer has not 4 bytes for each centroid and `bits` bits for each index, rounded up to a whole byte. Without the table nobody can read it; a byte for each index is int8 again; eight indices of 3 bits fill three bytes, not four.',
        };
      },
    },
    {
      name: 'the table stands first, as float32',
      points: 1,
      async measure(learner, draw) {
        const given = drawn(draw, 3, [6, 4]);
        const count = 4 * given.centroids.data.length;
        const bytes = await answerFor(learner, given);
        return {
          measured: mismatches(bytesOf(given).slice(0, count), padded(bytes, count).slice(0, count)),
          comparison: '==',
          threshold: 0,
          unit: 'wrong bytes',
          message: 'The first bytes are not the table. Put the float32 centroids first, in the order of their indices, least byte first.',
        };
      },
    },
    {
      name: 'the indices follow, lowest bits first',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const given of [drawn(draw, 2, [7, 9]), drawn(draw, 3, [11, 7]), drawn(draw, 4, [5, 9])]) {
          const right = bytesOf(given);
          const from = 4 * given.centroids.data.length;
          wrong += mismatches(right.slice(from), padded(await answerFor(learner, given), right.length).slice(from));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong bytes',
          message:
            'The packed indices are others. Bit b of index i is bit number i · bits + b of the stream, and bit number n is bit n mod 8 of byte n / 8: the first index sits in the lowest bits. At 3 bits an index may cross from one byte into the next, and the last byte may be half empty.',
        };
      },
    },
    {
      name: 'indices and table are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {indices, centroids} = drawn(draw, 2, [3, 4]);
        return unchangedInputs(learner, 'storeClustered', indices, centroids, 2);
      },
    },
  ],
};

interface Given {
  readonly indices: TensorData;
  readonly centroids: TensorData;
  readonly bits: number;
}

/** The last index is not 0: a byte that is dropped at the end shows. */
function drawn(draw: Draw, bits: number, shape: readonly number[]): Given {
  const most = 2 ** bits - 1;
  const {data} = draw.tensor(shape, d => d.integer(0, most));
  data[data.length - 1] = most;
  return {indices: {dtype: 'int32', shape, data: Int32Array.from(data)}, centroids: draw.tensor([2 ** bits]), bits};
}

function bytesOf({indices, centroids, bits}: Given): Uint8Array {
  const {buffer, byteOffset, byteLength} = centroids.data;
  return Uint8Array.from([...new Uint8Array(buffer, byteOffset, byteLength), ...pack(Array.from(indices.data), bits)]);
}

async function answerFor(learner: Learner, {indices, centroids, bits}: Given): Promise<Uint8Array> {
  const answer = await learner.call('storeClustered', indices, centroids, bits);
  if (isTensorData(answer) || !isTypedArray(answer) || !(answer instanceof Uint8Array))
    throw new WrongAnswer('Expected storeClustered to return a Uint8Array: bytes as they lie in a file');
  return answer;
}

/** As long as it should be at least: what is missing is a byte that no answer has. */
function padded(bytes: Uint8Array, length: number): ArrayLike<number> & {slice(from: number, to?: number): ArrayLike<number>} {
  return Array.from({length}, (_, i) => bytes[i] ?? -1);
}
