import type {MimeBundle} from '../wire/messages.ts';
import type {TypedArray} from '../wire/plain.ts';
import {bytesText} from './markup.ts';

export type FileKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'pdf';

/** The bytes that files of a kind begin with, as latin1. */
const beginnings: Record<FileKind, RegExp> = {
  png: /^\x89PNG\r\n\x1a\n/,
  jpeg: /^\xff\xd8\xff/,
  gif: /^GIF8[79]a/,
  webp: /^RIFF[^]{4}WEBP/,
  pdf: /^%PDF-/,
};

/** What kind of file these bytes are, by what they begin with. */
export function fileKind(bytes: TypedArray): FileKind | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength < 16) return undefined;
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return (Object.keys(beginnings) as FileKind[]).find(kind => beginnings[kind].test(start));
}

/** A file's bytes as what they picture. */
export function fileBundle(kind: FileKind, bytes: Uint8Array): MimeBundle {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A PNG says its size in its first chunk.
  const size = kind === 'png' && bytes.byteLength >= 24 ? `, ${buffer.readUInt32BE(16)} × ${buffer.readUInt32BE(20)}` : '';
  const mime = kind === 'pdf' ? 'application/pdf' : `image/${kind}`;
  return {'text/plain': `${kind.toUpperCase()}${size}, ${bytesText(bytes.byteLength)}`, [mime]: buffer.toString('base64')};
}
