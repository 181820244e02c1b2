import {defaultFrameLimits} from '../wire/frames.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {cutText, plainText, thrownBy} from './text.ts';

/** A bundle travels in one frame, beside its metadata. */
const mostBytes = defaultFrameLimits.headerBytes - 2 ** 16;
/** A string takes at most six bytes a character in JSON: below this nothing needs to be measured. */
const surelyFits = 2 ** 17;
const longestPlain = 2 ** 20;

/** What of a bundle can travel: bytes become base64; what is no JSON, or too large, is left out, and its text says so. */
export function sendable(bundle: MimeBundle): MimeBundle {
  const shown: Record<string, unknown> = {};
  const faults: string[] = [];
  let left = mostBytes;
  for (const [mime, given] of Object.entries(bundle)) {
    const data = asData(given);
    if (data === undefined || data === null) continue;
    if (mime === 'text/plain') {
      shown[mime] = cutText(typeof data === 'string' ? data : plainText(data), longestPlain);
      continue;
    }
    // Front ends take text; only of JSON's own types anything.
    const bytes = typeof data === 'string' || mime.endsWith('json') ? jsonBytes(data) : `it is a ${typeof data}, expected text`;
    if (typeof bytes === 'string') faults.push(`${mime} is not shown: ${bytes}`);
    else if (bytes > left)
      faults.push(`${mime} is not shown: it takes ${mebibytes(bytes)} MiB, at most ${mebibytes(left)} can be; show a part of it`);
    else {
      shown[mime] = data;
      left -= bytes;
    }
  }
  if (faults.length) shown['text/plain'] = [...(shown['text/plain'] ? [shown['text/plain']] : []), ...faults].join('\n');
  return shown;
}

/** Bytes as base64; lists of lines, which notebooks save, as text. */
function asData(given: unknown): unknown {
  if (given instanceof Uint8Array) return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('base64');
  return Array.isArray(given) && given.length && given.every(line => typeof line === 'string') ? given.join('') : given;
}

/** How many bytes the data takes as JSON, or why it is none. */
function jsonBytes(data: unknown): number | string {
  if (typeof data === 'string' && data.length < surelyFits) return 6 * data.length;
  try {
    const json = JSON.stringify(data) as string | undefined;
    return json === undefined ? `it is a ${typeof data}, expected JSON` : Buffer.byteLength(json);
  } catch (error) {
    return thrownBy('JSON.stringify', error);
  }
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
