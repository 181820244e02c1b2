/** What a device can hold and move and compute, by its maker's data sheet; dense, without sparsity. */
export interface Hardware {
  readonly name: string;
  readonly memoryBytes: number;
  /** Between its memory and its cores. */
  readonly bytesPerSecond: number;
  /** Operations a second with 16-bit floats, a multiplication and an addition being two; with int8 where the device is faster with it. */
  readonly flops: number;
  readonly int8Ops?: number;
  /** Bytes that one device sends to the others of a group in a second; without it, they share no fast link. */
  readonly linkBytesPerSecond?: number;
  readonly source: string;
  /** Year and month of the data sheet. */
  readonly date: string;
}

const gigabyte = 1e9;
const tera = 1e12;
const nvidia = 'https://www.nvidia.com/';

/** Devices that lessons and plans speak of. */
export const hardware = {
  't4': {
    name: 'NVIDIA T4 16 GB',
    memoryBytes: 16 * gigabyte,
    bytesPerSecond: 320 * gigabyte,
    flops: 65 * tera,
    int8Ops: 130 * tera,
    source: `${nvidia}en-us/data-center/tesla-t4/`,
    date: '2019-03',
  },
  'l4': {
    name: 'NVIDIA L4 24 GB',
    memoryBytes: 24 * gigabyte,
    bytesPerSecond: 300 * gigabyte,
    flops: 121 * tera,
    int8Ops: 242 * tera,
    source: `${nvidia}en-us/data-center/l4/`,
    date: '2023-03',
  },
  'rtx-4090': {
    name: 'NVIDIA GeForce RTX 4090 24 GB',
    memoryBytes: 24 * gigabyte,
    bytesPerSecond: 1008 * gigabyte,
    flops: 165.2 * tera,
    int8Ops: 660.6 * tera,
    source: 'https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf',
    date: '2022-09',
  },
  'l40s': {
    name: 'NVIDIA L40S 48 GB',
    memoryBytes: 48 * gigabyte,
    bytesPerSecond: 864 * gigabyte,
    flops: 362 * tera,
    int8Ops: 733 * tera,
    source: `${nvidia}en-us/data-center/l40s/`,
    date: '2023-08',
  },
  'a100-80gb': {
    name: 'NVIDIA A100 SXM 80 GB',
    memoryBytes: 80 * gigabyte,
    bytesPerSecond: 2039 * gigabyte,
    flops: 312 * tera,
    int8Ops: 624 * tera,
    linkBytesPerSecond: 300 * gigabyte,
    source: `${nvidia}content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf`,
    date: '2021-06',
  },
  'h100-80gb': {
    name: 'NVIDIA H100 SXM 80 GB',
    memoryBytes: 80 * gigabyte,
    bytesPerSecond: 3350 * gigabyte,
    flops: 989 * tera,
    int8Ops: 1979 * tera,
    linkBytesPerSecond: 450 * gigabyte,
    source: `${nvidia}en-us/data-center/h100/`,
    date: '2023-03',
  },
} as const satisfies Readonly<Record<string, Hardware>>;
