import yauzl, {type Entry, type ZipFile} from 'yauzl';
import {UnreadableNotebook} from './notebook.ts';

/** Looked at before anything is unpacked; an archive of a class's download would be unpacked by hand. */
const maxEntries = 2000;

/** By its name: what is in it is found out when it is read. */
export function isArchive(name: string): boolean {
  return name.toLowerCase().endsWith('.zip');
}

/**
 * The one notebook in a zip archive, as otter-grader and learning platforms pack it; nothing is written to disk. What it unpacks to is counted
 * while it is unpacked, whatever the archive says of itself. @throws UnreadableNotebook
 */
export async function notebookInArchive(archive: Buffer, maxBytes: number): Promise<Buffer> {
  const zip = await open(archive);
  try {
    const notebooks = await notebookEntries(zip);
    const [entry] = notebooks;
    if (!entry) throw new UnreadableNotebook('Expected a notebook (.ipynb) in the zip archive, found none.');
    if (notebooks.length > 1)
      throw new UnreadableNotebook(
        `Expected one notebook in the zip archive, found ${notebooks.length}: ${notebooks.slice(0, 5).map(nameOf).join(', ')}; hand in one.`,
      );
    return await unpack(zip, entry, maxBytes);
  } finally {
    zip.close();
  }
}

function open(archive: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    yauzl.fromBuffer(archive, {lazyEntries: true, validateEntrySizes: true}, (error, zip) =>
      error ? reject(damaged(error)) : resolve(zip),
    ),
  );
}

function notebookEntries(zip: ZipFile): Promise<Entry[]> {
  const found: Entry[] = [];
  let seen = 0;
  return new Promise((resolve, reject) => {
    zip.on('error', (error: Error) => reject(damaged(error)));
    zip.on('end', () => resolve(found));
    zip.on('entry', (entry: Entry) => {
      if (++seen > maxEntries) {
        reject(new UnreadableNotebook(`Expected at most ${maxEntries.toLocaleString('en')} files in the zip archive, got more.`));
        return;
      }
      const name = entry.fileName;
      // What macOS and Jupyter put beside a notebook is none.
      if (name.endsWith('.ipynb') && !/(^|\/)(__MACOSX|\.[^/]*)(\/|$)/.test(name)) found.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

async function unpack(zip: ZipFile, entry: Entry, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): UnreadableNotebook =>
    new UnreadableNotebook(
      `Expected a notebook of at most ${maxBytes / 2 ** 20} MB in the zip archive, got a larger one; clear the outputs, then save and hand in again.`,
    );
  if (entry.isEncrypted()) throw new UnreadableNotebook('Expected a zip archive without a password, got an encrypted one.');
  if (entry.uncompressedSize > maxBytes) throw tooLarge();
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => (error ? reject(damaged(error)) : resolve(opened))),
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof UnreadableNotebook ? error : damaged(error as Error);
  }
  return Buffer.concat(chunks, bytes);
}

function nameOf(entry: Entry): string {
  return JSON.stringify(entry.fileName.slice(0, 80));
}

function damaged(cause: Error): UnreadableNotebook {
  return new UnreadableNotebook(`Expected a zip archive, got one that cannot be read (${cause.message.slice(0, 200)}); pack it again.`, {
    cause,
  });
}
