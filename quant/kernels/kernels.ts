import {binary} from './binary.ts';

/** Loops of WebAssembly's vectors: what JavaScript needs several times as long for. All addresses are bytes in `memory`. Source: assembly/. */
export interface Kernels {
  readonly memory: {readonly buffer: ArrayBuffer; grow(pages: number): void};
  /** The first address that is the caller's. */
  free(): number;
  isFinite(x: number, length: number): number;
  q8_0(x: number, blocks: number, out: number): void;
  signedCodes(x: number, blocks: number, out: number, bits: number): void;
  unsignedCodes(x: number, blocks: number, out: number, bits: number): void;
  q4_K(x: number, blocks: number, out: number): void;
  q6_K(x: number, blocks: number, out: number): void;
  normalize(x: number, length: number, blockSize: number, least: number, absMax: number): void;
  codebookCodes(x: number, length: number, middles: number, codes: number, out: number): void;
  subtractProduct(
    ...addresses: [
      ...c: [c: number, row: number],
      ...a: [a: number, depth: number, row: number],
      ...b: [b: number, row: number],
      ...sizes: [rows: number, columns: number, depth: number],
    ]
  ): void;
  factorize(h: number, size: number, row: number): number;
  invert(t: number, size: number, row: number, spare: number): void;
  transposeSquare(a: number, size: number, row: number): void;
  snapColumn(
    ...given: [
      ...x: [x: number, count: number],
      ...grid: [scales: number, inverses: number, zeroPoints: number, qmin: number, qmax: number],
      ...out: [d: number, codes: number, errors: number],
    ]
  ): number;
}

/** Node's, which its types leave to the browsers' ones. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => {readonly exports: unknown};
};

let compiled: object | undefined;
let shared: Kernels | undefined;

/** The kernels with a memory of their own, which lives as long as they do: for what keeps more than a piece at a time. */
export function newKernels(): Kernels {
  compiled ??= new WebAssembly.Module(Buffer.from(binary, 'base64'));
  return new WebAssembly.Instance(compiled).exports as Kernels;
}

/** The kernels for what is done piece by piece; compiled at first use. */
export function kernels(): Kernels {
  return (shared ??= newKernels());
}

/** The address of as many bytes that are the caller's, of which there is one such place, and which are 0 at first. Makes views that were made before empty. */
export function reserve({memory, free}: Kernels, bytes: number): number {
  const at = Math.ceil(free() / 16) * 16;
  const missing = at + bytes - memory.buffer.byteLength;
  if (missing <= 0) return at;
  try {
    memory.grow(Math.ceil(missing / pageBytes));
  } catch (cause) {
    throw new RangeError(
      `Expected to find ${bytes} bytes of memory, got none; WebAssembly has up to 4 GB, and so large a layer needs more.`,
      {cause},
    );
  }
  return at;
}

const pageBytes = 65536;
/** As many values as stay in a core's own cache from one loop to the next. */
const usualValues = 16384;

/** A piece of the values, in the kernels' memory. */
export interface Piece {
  /** Where its first value is among all. */
  readonly from: number;
  readonly length: number;
  /** Its address. */
  readonly x: number;
  /** The address of room for what is made of it. */
  readonly out: number;
}

/**
 * Copies values, of which whole runs of `run` belong together, into the kernels' memory, piece by piece, and calls `visit` with each.
 * @param outBytes how much room a piece of that many values needs
 * @throws RangeError naming the first value that is NaN or an infinity
 */
export function forEachPiece(values: Float32Array, run: number, outBytes: (length: number) => number, visit: (piece: Piece) => void): void {
  const atOnce = Math.min(Math.max(1, Math.floor(usualValues / run)) * run, values.length);
  const {memory, isFinite} = kernels();
  // A vector may read, and write, up to its own length too far.
  const xBytes = Math.ceil(atOnce / 16) * 64;
  const x = reserve(kernels(), xBytes + outBytes(atOnce) + 16);
  const out = x + xBytes;
  for (let from = 0; from < values.length; from += atOnce) {
    const piece = values.subarray(from, from + atOnce);
    new Float32Array(memory.buffer, x, piece.length).set(piece);
    if (!isFinite(x, piece.length)) throw notFinite(values);
    visit({from, length: piece.length, x, out});
  }
}

function notFinite(values: Float32Array): RangeError {
  const at = values.findIndex(value => !Number.isFinite(value));
  return new RangeError(`Expected finite values, got ${values[at]} at ${at}. Clean the values first.`);
}
