import type {Draw} from '../../data/draw.ts';
import {writeSafetensors, type SafetensorsDtype} from '../../quant/files/safetensors.ts';
import {countParameters, shapeFromConfig} from '../../quant/plan/shape.ts';
import type {Gpt2Config, NamedShape, TensorInfo} from './interface.ts';

/** Sizes that differ from each other, so that one in another's place shows. */
export function drawConfig(draw: Draw): Gpt2Config {
  const n_head = draw.pick([2, 4, 8]);
  return {
    n_layer: draw.integer(2, 5),
    n_embd: n_head * 4 * draw.integer(2, 6),
    n_head,
    vocab_size: draw.integer(500, 900),
    n_positions: draw.integer(210, 300),
  };
}

/** How many parameters the toolkit counts. */
export function parametersOf(config: Gpt2Config): number {
  return countParameters(shapeFromConfig({model_type: 'gpt2', ...config})).total;
}

/** GPT-2's tensors as its published file names them; matrices are [inputs, outputs] there. */
export function tensorsOf({n_layer, n_embd, vocab_size, n_positions}: Gpt2Config): NamedShape[] {
  const matrix = (name: string, inputs: number, outputs: number): NamedShape[] => [
    {name: `${name}.weight`, shape: [inputs, outputs]},
    {name: `${name}.bias`, shape: [outputs]},
  ];
  const norm = (name: string): NamedShape[] => ['weight', 'bias'].map(part => ({name: `${name}.${part}`, shape: [n_embd]}));
  const layer = (h: string): NamedShape[] => [
    ...norm(`${h}.ln_1`),
    ...matrix(`${h}.attn.c_attn`, n_embd, 3 * n_embd),
    ...matrix(`${h}.attn.c_proj`, n_embd, n_embd),
    ...norm(`${h}.ln_2`),
    ...matrix(`${h}.mlp.c_fc`, n_embd, 4 * n_embd),
    ...matrix(`${h}.mlp.c_proj`, 4 * n_embd, n_embd),
  ];
  return [
    {name: 'wte.weight', shape: [vocab_size, n_embd]},
    {name: 'wpe.weight', shape: [n_positions, n_embd]},
    ...Array.from({length: n_layer}, (_, i) => layer(`h.${i}`)).flat(),
    ...norm('ln_f'),
  ];
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Bytes of an element by its dtype, written down here a second time: the judge of a header does not trust the header. */
const widths: Partial<Record<SafetensorsDtype, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

export function info(name: string, dtype: SafetensorsDtype, shape: readonly number[]): TensorInfo & {readonly dtype: SafetensorsDtype} {
  return {name, dtype, shape, bytes: elements(shape) * widths[dtype]!};
}

/** A safetensors file that holds these tensors, zeros all of them. */
export function fileOf(
  tensors: readonly (TensorInfo & {readonly dtype: SafetensorsDtype})[],
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  return joined([...writeSafetensors({metadata, tensors: tensors.map(t => ({...t, bytes: () => new Uint8Array(t.bytes)}))})]);
}

/** A file with this header, whatever it says, and so many bytes behind it. */
export function fileWith(header: Readonly<Record<string, unknown>>, bodyBytes: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joined([length, text, new Uint8Array(bodyBytes)]);
}

/** A GPT-2 as files from the wild hold it: parameters of one dtype, attention's masks beside them, in no order. */
export function drawModel(draw: Draw): {readonly config: Gpt2Config; readonly tensors: TensorInfo[]} {
  const config = drawConfig(draw);
  const dtype = draw.pick(['F32', 'F16', 'BF16'] as const);
  const n = config.n_positions;
  const mask = draw.pick(['F32', 'BOOL', 'U8'] as const);
  const buffers = Array.from({length: config.n_layer}, (_, i) => [
    info(`h.${i}.attn.bias`, mask, [1, 1, n, n]),
    info(`h.${i}.attn.masked_bias`, 'F32', []),
  ]).flat();
  return {config, tensors: draw.shuffle([...tensorsOf(config).map(({name, shape}) => info(name, dtype, shape)), ...buffers])};
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
