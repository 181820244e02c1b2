/** A protobuf message as pieces of bytes; large ones are not copied. */
export interface Encoded {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

const empty: Encoded = {pieces: [], length: 0};

/** Messages one after another: of fields, a message. */
export function joined(...parts: readonly Encoded[]): Encoded {
  return {pieces: parts.flatMap(({pieces}) => pieces), length: parts.reduce((sum, {length}) => sum + length, 0)};
}

/** A field that holds a message or bytes. */
export function nested(number: number, {pieces, length}: Encoded): Encoded {
  const head = Uint8Array.from([...varint(BigInt(number * 8 + 2)), ...varint(BigInt(length))]);
  return {pieces: [head, ...pieces], length: head.length + length};
}

export function rawBytes(number: number, bytes: Uint8Array): Encoded {
  return nested(number, {pieces: [bytes], length: bytes.length});
}

export function text(number: number, value: string): Encoded {
  return rawBytes(number, new TextEncoder().encode(value));
}

/** A whole number; 0 is written, too: what a reader takes for missing may have another default. */
export function integer(number: number, value: number | bigint): Encoded {
  const bytes = Uint8Array.from([...varint(BigInt(number * 8)), ...varint(BigInt.asUintN(64, BigInt(value)))]);
  return {pieces: [bytes], length: bytes.length};
}

export function float32(number: number, value: number): Encoded {
  const bytes = Uint8Array.from([...varint(BigInt(number * 8 + 5)), ...new Uint8Array(Float32Array.of(value).buffer)]);
  return {pieces: [bytes], length: bytes.length};
}

/** One field after another of the same number. */
export function repeated<T>(values: Iterable<T>, encode: (value: T) => Encoded): Encoded {
  return joined(empty, ...[...values].map(encode));
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return [...bytes, Number(value)];
}
