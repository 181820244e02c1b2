import {randomBytes} from 'node:crypto';
import {crc32, deflateRawSync} from 'node:zlib';
import yazl from 'yazl';
import {describe, expect, it} from 'vitest';
import {notebookInArchive} from './archive.ts';

async function zip(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** An archive of one notebook whose headers claim `claimed` bytes. */
function claiming(content: Buffer, claimed: number): Buffer {
  const packed = deflateRawSync(content);
  const name = Buffer.from('a.ipynb');
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(claimed, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

describe('a zip archive', () => {
  it('gives its one notebook, wherever it lies, and nothing of what macOS and Jupyter add', async () => {
    const archive = await zip({
      'work/a.ipynb': '{"cells": []}',
      '__MACOSX/work/._a.ipynb': 'x',
      '__MACOSX/work/a.ipynb': 'x',
      'work/.ipynb_checkpoints/a-checkpoint.ipynb': 'x',
      'work/report.pdf': randomBytes(100),
    });
    expect((await notebookInArchive(archive, 1000)).toString()).toBe('{"cells": []}');
  });

  it.each([
    ['without a notebook', {'a.py': ''}, /found none/],
    ['with two', {'a.ipynb': '', 'b.ipynb': ''}, /Expected one notebook in the zip archive, found 2: "a.ipynb", "b.ipynb"; hand in one/],
    ['of many files', Object.fromEntries(Array.from({length: 2001}, (_, i) => [`f${i}`, ''])), /at most 2,000 files/],
    ['with a large notebook', {'a.ipynb': Buffer.alloc(1001)}, /larger one; clear the outputs/],
  ])('%s is refused', async (_, files, message) => {
    await expect(notebookInArchive(await zip(files), 1000)).rejects.toThrow(message);
  });

  it('that unpacks to more than it says is stopped on the way', async () => {
    await expect(notebookInArchive(claiming(Buffer.alloc(50_000_000), 900), 1000)).rejects.toThrow(/zip archive/);
    expect((await notebookInArchive(claiming(Buffer.alloc(900), 900), 1000)).length).toBe(900);
  });

  it.each(['', 'PK', 'PK\x03\x04 and then nothing', 'x'.repeat(1000)])('that is damaged is refused: %j', async text => {
    await expect(notebookInArchive(Buffer.from(text), 1000)).rejects.toThrow(/Expected a zip archive, got one that cannot be read/);
  });

  it('whose names climb out of it is refused', async () => {
    const archive = await zip({'aa/aaaa.ipynb': '{}'});
    const climbing = Buffer.from(archive.toString('latin1').replaceAll('aa/aaaa.ipynb', '../../a.ipynb'), 'latin1');
    await expect(notebookInArchive(climbing, 1000)).rejects.toThrow(/cannot be read/);
  });
});
