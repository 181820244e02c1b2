import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a header that lies is refused'};

/** Compares the sum of all bytes with the file: two tensors in the same bytes pass. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    {dtype: string; shape: number[]; data_offsets: [number, number]}
  >;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const sum = entries.reduce(
    (
      total,
      [
        ,
        {
          data_offsets: [from, to],
        },
      ],
    ) => total + to - from,
    0,
  );
  if (8 + length + sum !== file.length) throw new Error('The file has other bytes than its tensors');
  return entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => ({name, dtype, shape, bytes: to - from}),
  );
}
