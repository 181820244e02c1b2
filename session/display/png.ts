import {deflateSync} from 'node:zlib';

/** Channels of a pixel → PNG's colour type. */
const colourTypes = {1: 0, 3: 2, 4: 6} as const;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: red, green, blue, 4: and opacity. */
  readonly channels: 1 | 3 | 4;
  /** Row by row, a byte a channel. */
  readonly bytes: Uint8Array;
}

/** A PNG file of 8 bits a channel (PNG specification, third edition). */
export function encodePng({width, height, channels, bytes}: Pixels): Buffer {
  const stride = width * channels;
  // Each row begins with its filter's number: 0, none.
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) rows.set(bytes.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourTypes[channels], 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.byteLength);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const crcOfByte = Uint32Array.from({length: 256}, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** zlib's own is not there before Node 22. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcOfByte[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
