import {createWriteStream} from 'node:fs';
import {truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import yazl from 'yazl';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {NotebookCell} from '../../exercises/build/index.ts';
import type {SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const right = /^5 chooseScale:passed quantizeInt8:passed$/;
const {cells} = smallSolved;
const text = (change: object): string => JSON.stringify({...smallSolved, ...change});

/** Files that programs, learners and accidents make of a right notebook, with the line of its result and what it must say. */
const files: Record<string, {readonly text: string; readonly line: RegExp; readonly warning?: RegExp}> = {
  'no byte': {text: '', line: /^not graded: .*an empty file; save it in JupyterLab/},
  'no JSON': {text: 'my answers', line: /^not graded: .*not JSON/},
  'half of a notebook': {text: text({}).slice(0, -200), line: /^not graded: .*was it saved to its end\?/},
  'JSON of another kind': {text: '["cells"]', line: /^not graded: .*JSON of another kind/},
  'JSON without cells': {text: '{"nbformat": 4}', line: /^not graded: .*JSON without cells/},
  'cells nested 10,000 deep': {text: `${'['.repeat(10_000)}${']'.repeat(10_000)}`, line: /^not graded: .*nested more than 200 deep/},
  'metadata nested 10,000 deep': {
    text: `{"metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)},"nbformat":4,"cells":[]}`,
    line: /^not graded: .*nested more than 200 deep/,
  },
  '100,000 cells': {
    text: text({cells: Array(100_000).fill({...cells[0], source: ''})}),
    line: /^not graded: .*at most 5000 cells, got 100,000/,
  },
  'nbformat 3': {
    text: text({
      nbformat: 3,
      nbformat_minor: 0,
      cells: undefined,
      worksheets: [{cells: cells.map(({source, ...cell}) => ({...cell, input: source, language: 'typescript'}))}],
    }),
    line: right,
    warning: /format is 3/,
  },
  'nbformat 5': {text: text({nbformat: 5, nbformat_minor: 0}), line: right, warning: /format is 5/},
  'cells of one id': {text: text({cells: cells.map(cell => ({...cell, id: 'same'}))}), line: right, warning: /share another cell's id/},
  'cells without ids': {text: text({cells: cells.map(cell => ({...cell, id: undefined}))}), line: right, warning: /have no id/},
  'cells without metadata': {text: text({cells: cells.map(cell => ({...cell, metadata: {}}))}), line: right},
  'an answer cell that was copied': {text: text({cells: [...cells, cells[1]]}), line: right, warning: /declared in 2 cells/},
  'cells in another order': {text: text({cells: [cells[0], ...cells.slice(1).reverse()]}), line: right},
  'Windows line ends': {
    text: JSON.stringify({...smallSolved, cells: cells.map(windows)}, null, 1).replaceAll('\n', '\r\n'),
    line: right,
  },
  'a byte-order mark': {text: `\uFEFF${text({})}`, line: right},
  'a kernelspec of Python': {
    text: text({metadata: {...smallSolved.metadata, kernelspec: {name: 'python3', display_name: 'Python 3', language: 'python'}}}),
    line: right,
    warning: /kernel "python3"/,
  },
};

function windows(cell: NotebookCell): NotebookCell {
  return {...cell, source: cell.source.map(line => line.replaceAll('\n', '\r\n'))};
}

async function writeZip(path: string, content: Buffer): Promise<void> {
  const archive = new yazl.ZipFile();
  archive.addBuffer(content, 'work/int8.ipynb');
  // As Otter-Grader's export adds them.
  archive.addBuffer(Buffer.from('log'), '.OTTER_LOG');
  archive.addBuffer(Buffer.from('%PDF-1.7'), 'int8.pdf');
  archive.addBuffer(Buffer.from('int8_2026_11_22.zip'), '__zip_filename__');
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(path));
}

describe.skipIf(missing)('a file that was handed in', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    all = await TestClass.make({...Object.fromEntries(Object.entries(files).map(([name, {text}]) => [name, text])), '300 MB': ''});
    await truncate(join(all.submissions, '300 MB_small.ipynb'), 300 * 2 ** 20);
    await writeZip(join(all.submissions, 'zipped_2026_11_22.zip'), Buffer.from(text({})));
    await writeZip(join(all.submissions, 'bomb_2026_11_22.zip'), Buffer.alloc(400 * 2 ** 20));
    await writeFile(join(all.submissions, 'torn_2026_11_22.zip'), 'PK\u0003\u0004 and then nothing');
    results = byLearner((await all.grade()).results);
  }, 180_000);

  afterAll(() => all.remove());

  const others = [
    {name: '300 MB', line: /^not graded: .*at most 20 MB, got 300 MB/},
    {name: 'zipped', line: right},
    {name: 'bomb', line: /^not graded: .*at most 20 MB in the zip archive, got a larger one/},
    {name: 'torn', line: /^not graded: .*zip archive, got one that cannot be read/},
  ];
  const cases = [...Object.entries(files).map(([name, {line}]) => ({name, line})), ...others];
  const warned = Object.entries(files).flatMap(([name, {warning}]) => (warning ? [{name, warning}] : []));

  it.each(cases)('with $name gets its stated score, or none with the reason', ({name, line}) => {
    expect(scoreLine(results.get(name)!)).toMatch(line);
  });

  it.each(warned)('with $name says what was assumed', ({name, warning}) => {
    expect(results.get(name)!.warnings.join('\n')).toMatch(warning);
    expect(all.file(`${name}/feedback.html`)).toContain('What the grader assumed');
  });

  it('that could not be graded has an empty score in grades.csv, never a 0', () => {
    const rows = all.file('grades.csv').trim().split('\r\n').slice(1);
    expect(rows).toHaveLength(cases.length);
    const notGraded = rows.filter(row => row.includes(',not graded,'));
    expect(notGraded).toHaveLength(cases.filter(({line}) => line !== right).length);
    for (const row of notGraded) expect(row).toMatch(/,,,,$/);
  });
});
