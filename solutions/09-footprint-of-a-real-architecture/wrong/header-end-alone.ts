import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a header that lies is refused'};

/** Compares the last offset with the end of the file, and believes everything between. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    {dtype: string; shape: number[]; data_offsets: [number, number]}
  >;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const end = Math.max(...entries.map(([, {data_offsets}]) => data_offsets[1]));
  if (8 + length + end > file.length) throw new Error('The file is cut off');
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
