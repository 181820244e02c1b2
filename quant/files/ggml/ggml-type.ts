import type {Kernels} from '../../kernels/kernels.ts';

/** How ggml stores a row of numbers: block after block, each of the same bytes, nothing between them. */
export interface GgmlType {
  readonly name: string;
  /** The number that stands for it in a GGUF file. */
  readonly id: number;
  readonly blockSize: number;
  readonly blockBytes: number;
  /** Reads the block at `at` into `values` from `to` on. */
  readonly dequantizeBlock: (bytes: DataView, at: number, values: Float32Array, to: number) => void;
  /** Writes the block of the values from `from` on; missing where ggml's own quantizer is not followed. */
  readonly quantizeBlock?: (values: Float32Array, from: number, bytes: DataView, at: number) => void;
  /** Does the same for finite values with a kernel, which finds them at x and writes to `out`. */
  readonly quantizeBlocks?: (kernels: Kernels, x: number, blocks: number, out: number) => void;
}

/** Whether values can be made into this type here. */
export function isWritable({quantizeBlock, quantizeBlocks}: GgmlType): boolean {
  return Boolean(quantizeBlock ?? quantizeBlocks);
}
