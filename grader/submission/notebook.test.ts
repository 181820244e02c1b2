import {mkdtemp, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {findAnswers} from './answers.ts';
import {parseNotebook, readSubmissionFile} from './notebook.ts';

const parse = (value: unknown) => parseNotebook(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const cell = (source: unknown, rest: object = {}) => ({cell_type: 'code', metadata: {}, source, ...rest});
const notebook = (cells: unknown, rest: object = {}) => ({nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...rest});

describe('a file that is no notebook is refused with its reason:', () => {
  it.each([
    ['0 bytes', '', 'an empty file'],
    ['no JSON', 'hello', 'not JSON'],
    ['half of a notebook', JSON.stringify(notebook([])).slice(0, -5), 'not JSON'],
    ['a list', '[]', 'JSON of another kind'],
    ['a number', '7', 'JSON of another kind'],
    ['another document', '{"a": 1}', 'JSON without cells'],
    ['a zip archive', 'PK\u0003\u0004xxxx', 'a zip archive'],
    ['JSON nested 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000), 'nested more than'],
  ])('%s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it('100,000 cells', () => {
    expect(() => parse(notebook(Array(100_000).fill(cell('1'))))).toThrow('got 100,000');
  });

  it('twenty cells of many characters together, in which looking for answers would take minutes', () => {
    const long = cell('{let a,'.repeat(2 ** 13), {id: 'long'});
    expect(parse(notebook([long])).cells).toHaveLength(1);
    expect(() => parse(notebook(Array(20).fill(long)))).toThrow(
      "Expected at most 1,048,576 characters in a notebook's cells, got 1,146,880",
    );
  });
});

describe('reading', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-read-'));
  });
  afterAll(() => rm(folder, {recursive: true}));

  it('refuses 300 MB before it reads them', async () => {
    await writeFile(join(folder, 'large.ipynb'), '');
    await truncate(join(folder, 'large.ipynb'), 300 * 2 ** 20);
    await expect(readSubmissionFile(join(folder, 'large.ipynb'))).rejects.toThrow('got 300 MB');
  });

  it('refuses a symbolic link, a folder and what is not there', async () => {
    await symlink('/etc/passwd', join(folder, 'link.ipynb'));
    await expect(readSubmissionFile(join(folder, 'link.ipynb'))).rejects.toThrow('a symbolic link');
    await expect(readSubmissionFile(folder)).rejects.toThrow('a folder');
    await expect(readSubmissionFile(join(folder, 'none.ipynb'))).rejects.toThrow('ENOENT');
  });

  it('takes a name with spaces and emoji', async () => {
    await writeFile(join(folder, 'ada lovelace 🎓.ipynb'), JSON.stringify(notebook([cell('1')])));
    expect(parseNotebook(await readSubmissionFile(join(folder, 'ada lovelace 🎓.ipynb'))).cells).toHaveLength(1);
  });
});

describe('a notebook', () => {
  it('of nbformat 3 keeps its cells in worksheets', () => {
    const read = parse({
      nbformat: 3,
      metadata: {},
      worksheets: [{cells: [{cell_type: 'code', input: ['let a = 1;\n', 'a'], metadata: {}}]}],
    });
    expect(read.cells[0]!.source).toBe('let a = 1;\na');
    expect(read.warnings.join()).toContain('format is 3');
  });

  it('of nbformat 5, of another language, with Windows line ends and a byte-order mark is read with a warning', () => {
    const read = parse(`\uFEFF${JSON.stringify(notebook([cell('a\r\nb')], {nbformat: 5, metadata: {kernelspec: {name: 'python3'}}}))}`);
    expect(read.cells[0]!.source).toBe('a\nb');
    expect(read.warnings.join()).toMatch(/format is 5.*python3/);
  });

  it('with missing and duplicate ids gets numbers for them', () => {
    const read = parse(notebook([cell('1', {id: 'x'}), cell('2', {id: 'x'}), cell('3'), 7]));
    expect(read.cells.map(c => c.id)).toEqual(['x', 'cell-2', 'cell-3']);
    expect(read.warnings).toHaveLength(3);
  });

  it('whose ids are what missing ones would become has an id of its own for each cell', () => {
    const read = parse(notebook([cell('1', {id: 'cell-2'}), cell('2'), cell('3', {id: 'cell-3'}), cell('4', {id: 'cell-2'})]));
    expect(new Set(read.cells.map(c => c.id)).size).toBe(4);
    expect(read.cells[0]!.id).toBe('cell-2');
  });
});

describe('an answer is found', () => {
  const find = (...cells: unknown[]) => findAnswers(parse(notebook(cells)), ['quantize']);
  const marked = {metadata: {snapgrid: {task: 'quantize'}}};

  it('in the cell that the lesson gave, without a warning', () => {
    const {answeredBy, warnings} = find(cell('1'), cell('const quantize = () => 1', marked));
    expect([answeredBy.get('quantize'), warnings]).toEqual([1, []]);
  });

  it.each(['function quantize() {}', 'async function quantize() {}', 'let quantize = 1', 'export const quantize = 1', 'class quantize {}'])(
    'by its name: %s',
    source => {
      expect(find(cell(source)).answeredBy.get('quantize')).toBe(0);
    },
  );

  it('where its cell was copied: the last declaration counts, as in a session', () => {
    const {answeredBy, warnings} = find(cell('const quantize = 1', marked), cell('const quantize = 2', marked));
    expect([answeredBy.get('quantize'), warnings.length]).toEqual([1, 1]);
  });

  it.each(['task-quantize', 'quantize'])('by the id that the lesson gave its cell, %s, where a program took the metadata away', id => {
    const {answeredBy} = find(cell('1'), cell('export default (x) => x', {id}), cell('2'));
    expect(answeredBy.get('quantize')).toBe(1);
  });

  it('where its cell does not parse', () => {
    expect(find(cell('const quantize = (', marked)).answeredBy.get('quantize')).toBe(0);
  });

  it('nowhere: that is a warning, not a failure', () => {
    expect(find(cell('1')).warnings).toEqual(['No cell declares quantize.']);
  });
});
