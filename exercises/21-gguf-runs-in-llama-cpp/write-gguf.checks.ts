import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Plain} from '../../session/wire/plain.ts';
import {expectBytes} from './bytes.ts';
import {type Layout, layoutOf, type Region} from './gguf-layout.ts';
import {drawMetadata, drawTensors} from './inputs.ts';
import type {GgufTensor, MetadataEntry} from './interface.ts';

export const writeGguf: Task = {
  name: 'writeGguf',
  title: 'Write a GGUF file',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the header: four letters, version 3, two counts',
      points: 1,
      measure: async (learner, draw) =>
        wrongIn(
          ['header'],
          [await written(learner, drawMetadata(draw, ['scalar', 'array']), drawTensors(draw))],
          'Bytes 0 to 23: the letters GGUF without a length before them, the version 3 as uint32, then two uint64: first how many tensors, then how many entries of metadata.',
        ),
    },
    {
      name: 'metadata: numbers, booleans and text',
      points: 2,
      measure: async (learner, draw) =>
        wrongIn(
          ['metadata'],
          [await written(learner, drawMetadata(draw, ['scalar']), [])],
          'An entry is its key as text, the number of its type as uint32, its value. Text is its length in bytes of UTF-8 as uint64, then these bytes, no zero behind them; a letter like ü has two. A bool is one byte.',
        ),
    },
    {
      name: 'metadata: lists',
      points: 1,
      measure: async (learner, draw) =>
        wrongIn(
          ['metadata'],
          [await written(learner, drawMetadata(draw, ['array']), [])],
          'A list is the type number 9, then the type number of its items (once, uint32), how many there are (uint64), and the items, each as it would stand alone, without a type.',
        ),
    },
    {
      name: 'tensor infos: name, dimensions with the innermost first, format',
      points: 2,
      measure: async (learner, draw) =>
        wrongIn(
          ['name', 'dimensions', 'type'],
          [await written(learner, [], drawTensors(draw))],
          'For each tensor: its name as text, how many axes (uint32), the axes (uint64 each), the format (uint32). ggml counts from the axis whose values are neighbours in memory: PyTorch’s [outputs, inputs] is written inputs, outputs.',
        ),
    },
    {
      name: 'offsets count from where the data begins, in multiples of 32',
      points: 2,
      measure: async (learner, draw) =>
        wrongIn(
          ['offset'],
          [await written(learner, [], drawTensors(draw))],
          'The first tensor’s offset is 0: offsets are not counted from the beginning of the file. Each next one is the last offset plus that tensor’s bytes, rounded up to a multiple of 32.',
        ),
    },
    {
      name: 'the data begin on a multiple of 32, and each tensor where its offset says',
      points: 2,
      async measure(learner, draw) {
        // The ends of the two headers are 19 bytes apart: one of them at least is no multiple of 32.
        const metadata = drawMetadata(draw, ['scalar']);
        const more: MetadataEntry = {key: 'a.flag', type: 'bool', value: true};
        const files = [await written(learner, metadata, drawTensors(draw)), await written(learner, [...metadata, more], drawTensors(draw))];
        return wrongIn(
          ['padding', 'data'],
          files,
          'Behind the last info come zeros up to the next multiple of 32 of the file, then the tensors’ bytes, with zeros up to the next multiple of 32 between them.',
        );
      },
    },
    {
      name: 'metadata and tensors are left as they were',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'writeGguf', plain(drawMetadata(draw, ['scalar', 'array'])), plain(drawTensors(draw))),
    },
  ],
};

interface Written {
  readonly got: Uint8Array;
  readonly layout: Layout;
}

async function written(learner: Learner, metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Promise<Written> {
  const got = expectBytes(await learner.call('writeGguf', plain(metadata), plain(tensors)), 'the file');
  if (got.length === 0) throw new WrongAnswer('Expected the bytes of a file, got none');
  return {got, layout: layoutOf(metadata, tensors)};
}

/** Counts the wrong bytes in regions of these kinds; what the file does not reach, or has beyond its end, is wrong as well. */
function wrongIn(kinds: readonly Region['kind'][], files: readonly Written[], message: string): Measurement {
  let wrong = 0;
  for (const {got, layout} of files) {
    for (const {kind, from, to} of layout.regions)
      if (kinds.includes(kind)) for (let at = from; at < to; at++) if (got[at] !== layout.bytes[at]) wrong++;
    // Zeros behind the last tensor are gguf-py's habit; a file that ends with its data is read as well.
    if (kinds.includes('data')) wrong += Math.max(0, got.length - layout.bytes.length);
  }
  return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong bytes', message: `Region: ${kinds.join(', ')}. ${message}`};
}

/** Metadata and tensors are plain data: records of numbers, text, lists and bytes. */
function plain(records: readonly MetadataEntry[] | readonly GgufTensor[]): Plain {
  return records.map(record => ({...record}));
}
