import type {GgufTensor, MetadataEntry} from '../../../exercises/21-gguf-runs-in-llama-cpp/interface.ts';

export * from '../answers.ts';

/** Parts in a list, each a Buffer; joined once, when all offsets are known. */
export function writeGguf(metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  const whole = (n: number, bytes: 4 | 8): Uint8Array => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, BigInt(n), true);
    return new Uint8Array(view.buffer, 0, bytes);
  };
  const join = (parts: readonly Uint8Array[]): Uint8Array => {
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };
  const text = (value: string): Uint8Array => {
    const utf8 = new TextEncoder().encode(value);
    return join([whole(utf8.length, 8), utf8]);
  };
  const typeNumber = (type: string): Uint8Array =>
    whole(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'bool', 'string', 'array'].indexOf(type), 4);
  const scalar = (type: string, value: unknown): Uint8Array => {
    if (type === 'string') return text(value as string);
    if (type === 'bool') return Uint8Array.of(value === true ? 1 : 0);
    if (type === 'float32') return new Uint8Array(Float32Array.of(value as number).buffer);
    return whole(value as number, 4);
  };
  const entries = metadata.map(entry =>
    join([
      text(entry.key),
      typeNumber(entry.type),
      ...(entry.type === 'array'
        ? [typeNumber(entry.of), whole(entry.value.length, 8), ...entry.value.map(item => scalar(entry.of, item))]
        : [scalar(entry.type, entry.value)]),
    ]),
  );
  const rest = (length: number): Uint8Array => new Uint8Array((32 - (length % 32)) % 32);
  const infos = tensors.map(({name, shape, type}, i) => {
    const before = tensors.slice(0, i).reduce((sum, {bytes}) => sum + bytes.length + rest(bytes.length).length, 0);
    return join([
      text(name),
      whole(shape.length, 4),
      ...shape.map((_, axis) => whole(shape.at(-1 - axis)!, 8)),
      whole(type, 4),
      whole(before, 8),
    ]);
  });
  const header = join([
    Uint8Array.from('GGUF', letter => letter.charCodeAt(0)),
    whole(3, 4),
    whole(tensors.length, 8),
    whole(metadata.length, 8),
    ...entries,
    ...infos,
  ]);
  return join([header, rest(header.length), ...tensors.flatMap(({bytes}) => [bytes, rest(bytes.length)])]);
}
