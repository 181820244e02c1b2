/** A tensor to be written; `bytes` is called when its turn comes, and may give them in pieces, so that no more than one is in memory. */
export interface TensorSource {
  readonly name: string;
  /** Outermost axis first. */
  readonly shape: readonly number[];
  readonly bytes: () => Uint8Array | Iterable<Uint8Array>;
}

/** A tensor's bytes, piece by piece. @throws RangeError after them, where they are not as many as its shape and type need */
export function* piecesOf({name, shape, bytes}: TensorSource, expected: number, type: string): Generator<Uint8Array> {
  const given = bytes();
  let length = 0;
  for (const piece of given instanceof Uint8Array ? [given] : given) {
    length += piece.byteLength;
    yield piece;
  }
  if (length !== expected)
    throw new RangeError(`Expected ${expected} bytes for tensor ${name} of shape [${shape.join(', ')}] in ${type}, got ${length}`);
}
