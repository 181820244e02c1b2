import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import yauzl, {type Entry, type ZipFile} from 'yauzl';

/** Writes what an archive holds below a folder; returns the names with their modes. */
export async function unpack(path: string, to: string): Promise<Map<string, number>> {
  const modes = new Map<string, number>();
  const zip: ZipFile = await promisify(
    yauzl.open as (path: string, options: object, done: (error: Error | null, zip: ZipFile) => void) => void,
  )(path, {lazyEntries: true});
  await new Promise<void>((resolve, reject) => {
    zip.on('end', resolve).on('error', reject);
    zip.on('entry', (entry: Entry) => {
      modes.set(entry.fileName, (entry.externalFileAttributes >>> 16) & 0o777);
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        const chunks: Buffer[] = [];
        stream
          .on('data', chunk => chunks.push(chunk as Buffer))
          .on('end', () => {
            const file = join(to, entry.fileName);
            mkdir(dirname(file), {recursive: true})
              .then(() => writeFile(file, Buffer.concat(chunks), {mode: modes.get(entry.fileName)!}))
              .then(() => zip.readEntry(), reject);
          });
      });
    });
    zip.readEntry();
  });
  return modes;
}
