import type {Footprint, Gpt2Config, NamedShape, Plan, TensorInfo} from '../../exercises/09-footprint-of-a-real-architecture/interface.ts';

/** Two embeddings, twelve tensors for each layer, a last norm. The output layer is the token embedding, so it is not listed; heads only divide n_embd. */
export function gpt2Tensors({n_layer, n_embd, vocab_size, n_positions}: Gpt2Config): NamedShape[] {
  const tensors: NamedShape[] = [
    {name: 'wte.weight', shape: [vocab_size, n_embd]},
    {name: 'wpe.weight', shape: [n_positions, n_embd]},
  ];
  const norm = (name: string) => tensors.push({name: `${name}.weight`, shape: [n_embd]}, {name: `${name}.bias`, shape: [n_embd]});
  const matrix = (name: string, inputs: number, outputs: number) =>
    tensors.push({name: `${name}.weight`, shape: [inputs, outputs]}, {name: `${name}.bias`, shape: [outputs]});
  for (let i = 0; i < n_layer; i++) {
    norm(`h.${i}.ln_1`);
    matrix(`h.${i}.attn.c_attn`, n_embd, 3 * n_embd); // queries, keys and values in one
    matrix(`h.${i}.attn.c_proj`, n_embd, n_embd);
    norm(`h.${i}.ln_2`);
    matrix(`h.${i}.mlp.c_fc`, n_embd, 4 * n_embd);
    matrix(`h.${i}.mlp.c_proj`, 4 * n_embd, n_embd);
  }
  norm('ln_f');
  return tensors;
}

export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config);
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The number in a dtype's name is its width: F16, BF16, I64, F8_E4M3. BOOL has none, and takes a byte. */
function bitsOf(dtype: string): number {
  return dtype === 'BOOL' ? 8 : Number(/\d+/.exec(dtype)?.[0]);
}

/** 8 bytes of length, then JSON. Nothing in it is believed: each tensor must begin where the last one ended, be as long as its shape says, and end in the file. */
export function trustedTensors(file: Uint8Array): TensorInfo[] {
  if (file.length < 8) throw new Error(`Expected at least 8 bytes, got ${file.length}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > file.length - 8) throw new Error(`Expected a header of ${length} bytes, the file ends before`);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<string, Entry>;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let end = 0;
  const tensors = entries.map(([name, {dtype, shape, data_offsets}]) => {
    const [from, to] = data_offsets;
    const bytes = (shape.reduce((product, n) => product * n, 1) * bitsOf(dtype)) / 8;
    if (from !== end) throw new Error(`Expected ${name} to begin at ${end}, got ${from}`);
    if (to - from !== bytes) throw new Error(`Expected ${name} to have ${bytes} bytes, got ${to - from}`);
    end = to;
    return {name, dtype, shape, bytes};
  });
  if (8 + length + end !== file.length) throw new Error(`Expected a file of ${8 + length + end} bytes, got ${file.length}`);
  return tensors;
}

export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file);
}

/** Buffers apart; matrices are the two-dimensional weights inside a layer; their second size is the number of outputs, each with a scale. */
export function bytesByPlan(tensors: readonly TensorInfo[], {matrixBits, otherBits, scaleBits}: Plan): Footprint {
  let [inMatrices, inOthers, outputs, bufferBytes] = [0, 0, 0, 0];
  for (const {name, shape, bytes} of tensors) {
    const elements = shape.reduce((product, n) => product * n, 1);
    if (/\.attn\.(masked_)?bias$/.test(name)) bufferBytes += bytes;
    else if (name.startsWith('h.') && shape.length === 2) {
      inMatrices += elements;
      outputs += shape[1]!;
    } else inOthers += elements;
  }
  const matrixBytes = (inMatrices * matrixBits) / 8;
  const otherBytes = (inOthers * otherBits) / 8;
  const scaleBytes = (outputs * scaleBits) / 8;
  return {
    parameters: inMatrices + inOthers,
    matrixBytes,
    otherBytes,
    scaleBytes,
    totalBytes: matrixBytes + otherBytes + scaleBytes,
    bufferBytes,
  };
}

export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  return bytesByPlan(tensors, plan);
}
