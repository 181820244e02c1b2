import {fp4, nf4} from '../formats/codebook.ts';
import {countElements} from '../formats/shape.ts';
import {quantizeBlockWise} from '../methods/block-wise.ts';
import {compressedBlockSize, dynamicTable, restoreAbsMax} from '../methods/double-quantization.ts';
import {bytesOf} from './bytes-of.ts';
import {inTensor} from './in-tensor.ts';
import type {SafetensorsFile, SafetensorsTensorSource} from './safetensors.ts';

// As bitsandbytes saves its 4-bit weights, and transformers loads them: the codes, and beside them tensors whose names go on from theirs.
const codebooks = {nf4, fp4};
type CodebookName = keyof typeof codebooks;
const stateName = (name: string, codebook: CodebookName): string => `${name}.quant_state.bitsandbytes__${codebook}`;
/** What comes behind a text of any length shall lie where any reader can map it. */
const alignment = 8;
const largestState = 65536;

/** What the file says of a tensor of 4-bit codes. */
export interface BlockWiseLayout {
  readonly codebook: CodebookName;
  readonly shape: readonly number[];
  readonly blockSize: number;
  /** Where the absMax are quantized in turn: what is added to all of them. */
  readonly absMaxOffset?: number;
}

/** The tensors that one of 4-bit codes is stored in. `piece` gives values from `from` to `to` − 1: they are asked for twice, for absMax and for codes. */
export function blockWiseSources(
  name: string,
  {codebook, shape, blockSize}: BlockWiseLayout,
  piece: (from: number, to: number) => Float32Array,
  pieceLength: number,
): SafetensorsTensorSource[] {
  const size = countElements(shape);
  const step = Math.ceil(pieceLength / blockSize) * blockSize;
  function* pieces(part: 'absMax' | 'packed'): Generator<Uint8Array> {
    for (let from = 0; from < size; from += step) {
      const to = Math.min(from + step, size);
      const values = piece(from, to);
      const quantized = inTensor(name, () => quantizeBlockWise(values, [to - from], {codebook: codebooks[codebook], blockSize}));
      yield bytesOf(quantized[part] as Uint8Array | Float32Array);
    }
  }
  // bitsandbytes has one zero.
  const table = new Uint8Array(Float32Array.from(codebooks[codebook].values, value => value + 0).buffer);
  const json = JSON.stringify({quant_type: codebook, blocksize: blockSize, dtype: 'float32', shape});
  const state = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / alignment) * alignment));
  return [
    {name: `${name}.absmax`, dtype: 'F32', shape: [Math.ceil(size / blockSize)], bytes: () => pieces('absMax')},
    {name: `${name}.quant_map`, dtype: 'F32', shape: [codebooks[codebook].values.length], bytes: () => table},
    {name: stateName(name, codebook), dtype: 'U8', shape: [state.length], bytes: () => state},
    {name, dtype: 'U8', shape: [Math.ceil(size / 2), 1], bytes: () => pieces('packed')},
  ];
}

/** The tensors of a file that are such codes. @throws RangeError where what is said of one does not fit its bytes */
export function blockWiseLayouts(file: SafetensorsFile): ReadonlyMap<string, BlockWiseLayout> {
  const layouts = new Map<string, BlockWiseLayout>();
  for (const [name, {dtype, byteLength}] of file.tensors) {
    const codebook = (['nf4', 'fp4'] as const).find(codebook => file.tensors.has(stateName(name, codebook)));
    if (codebook && dtype === 'U8') layouts.set(name, layoutOf(file, name, codebook, byteLength));
  }
  return layouts;
}

/** The tensors of a file that tensor `name` is stored in, those that there may be with them. */
export function blockWiseParts(name: string, {codebook, absMaxOffset}: BlockWiseLayout): readonly string[] {
  const nested = absMaxOffset === undefined ? [] : [`${name}.nested_absmax`, `${name}.nested_quant_map`];
  return [name, `${name}.absmax`, `${name}.quant_map`, stateName(name, codebook), ...nested];
}

/** absMax · codebook[code] of the values from `from` to `to` − 1, in float32. */
export function blockWiseFloats(
  file: SafetensorsFile,
  name: string,
  layout: BlockWiseLayout,
  from = 0,
  to = countElements(layout.shape),
): Float32Array<ArrayBuffer> {
  const {codebook, shape, blockSize} = layout;
  if (from < 0 || to < from || to > countElements(shape))
    throw new RangeError(`Expected values within the ${countElements(shape)} of tensor ${name}, got ${from} to ${to}`);
  const table = Float32Array.from(codebooks[codebook].values);
  const firstByte = Math.floor(from / 2);
  const packed = file.bytes(name, firstByte, Math.ceil(to / 2));
  const firstBlock = Math.floor(from / blockSize);
  const absMax = absMaxOf(file, name, layout, firstBlock, Math.ceil(to / blockSize));
  return Float32Array.from({length: to - from}, (_, i) => {
    const at = from + i;
    const byte = packed[(at >> 1) - firstByte]!;
    return table[at % 2 === 0 ? byte >> 4 : byte & 15]! * absMax[Math.floor(at / blockSize) - firstBlock]!;
  });
}

/** The absMax of the blocks from `from` to `to` − 1. */
function absMaxOf(file: SafetensorsFile, name: string, {absMaxOffset: offset}: BlockWiseLayout, from: number, to: number): Float32Array {
  if (offset === undefined) return file.floats(`${name}.absmax`, from, to);
  return restoreAbsMax({codes: file.bytes(`${name}.absmax`, from, to), scales: file.floats(`${name}.nested_absmax`), offset}, from);
}

function layoutOf(file: SafetensorsFile, name: string, codebook: CodebookName, byteLength: number): BlockWiseLayout {
  const wrong = (what: string): RangeError =>
    new RangeError(`Expected 4-bit tensor ${name} to have ${what}; the file is damaged, or newer`);
  const state = stateOf(file, stateName(name, codebook), wrong);
  const {shape, blocksize: blockSize} = state;
  if (!Array.isArray(shape) || !shape.every(n => Number.isSafeInteger(n) && n >= 0)) throw wrong('a shape of whole numbers');
  if (!Number.isSafeInteger(blockSize) || (blockSize as number) < 1) throw wrong('a block size');
  const size = countElements(shape);
  const table = file.tensors.get(`${name}.quant_map`);
  const absMax = file.tensors.get(`${name}.absmax`);
  if (byteLength !== Math.ceil(size / 2)) throw wrong(`${Math.ceil(size / 2)} bytes of codes for shape [${shape.join(', ')}]`);
  const blocks = Math.ceil(size / (blockSize as number));
  const isNested = state['nested_blocksize'] !== undefined;
  const [dtype, bytes] = isNested ? (['U8', 1] as const) : (['F32', 4] as const);
  if (absMax?.dtype !== dtype || absMax.byteLength !== bytes * blocks) throw wrong(`an absMax for each block, in ${dtype}`);
  if (table?.dtype !== 'F32' || file.floats(table.name).join() !== Float32Array.from(codebooks[codebook].values).join())
    throw wrong(`the ${codebooks[codebook].values.length} numbers of ${codebook} in ${name}.quant_map`);
  const layout = {codebook, shape, blockSize: blockSize as number};
  return isNested ? {...layout, absMaxOffset: offsetOf(file, name, {state, blocks, wrong})} : layout;
}

/** What absMax of 8 bits are to be added to. @throws RangeError where their scales, table or state are not bitsandbytes' */
function offsetOf(
  file: SafetensorsFile,
  name: string,
  {state, blocks, wrong}: {state: Record<string, unknown>; blocks: number; wrong: (what: string) => RangeError},
): number {
  const {nested_blocksize: nestedSize, nested_offset: offset} = state;
  const scales = file.tensors.get(`${name}.nested_absmax`);
  const table = file.tensors.get(`${name}.nested_quant_map`);
  if (nestedSize !== compressedBlockSize) throw wrong(`nested blocks of ${compressedBlockSize} absMax`);
  if (typeof offset !== 'number' || !Number.isFinite(offset)) throw wrong('a number as nested_offset');
  if (scales?.dtype !== 'F32' || scales.byteLength !== 4 * Math.ceil(blocks / compressedBlockSize))
    throw wrong(`a scale in F32 for every ${compressedBlockSize} absMax in ${name}.nested_absmax`);
  if (table?.dtype !== 'F32' || table.byteLength !== dynamicTable.byteLength || file.floats(table.name).join() !== dynamicTable.join())
    throw wrong(`the ${dynamicTable.length} numbers of the dynamic 8-bit format in ${name}.nested_quant_map`);
  return offset;
}

function stateOf(file: SafetensorsFile, name: string, wrong: (what: string) => RangeError): Record<string, unknown> {
  if (file.tensors.get(name)!.byteLength > largestState) throw wrong(`a state of at most ${largestState} bytes`);
  try {
    return Object(JSON.parse(new TextDecoder().decode(file.bytes(name)))) as Record<string, unknown>;
  } catch {
    throw wrong('a state that is JSON');
  }
}
