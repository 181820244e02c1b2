import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {buildNotebook, type Notebook, notebookText, ownCourse, readLesson} from '../exercises/build/index.ts';
import {nbconvert, solvedLesson} from './solved-lesson.ts';

/** What nbformat says of a cell that has run, as far as it is read here. */
interface RanCell {
  readonly id: string;
  readonly cell_type: string;
  readonly outputs: readonly Output[];
}

type Output =
  | {readonly output_type: 'error'; readonly ename: string; readonly evalue: string}
  | {readonly output_type: 'display_data' | 'execute_result'; readonly data: Readonly<Record<string, string | readonly string[]>>}
  | {readonly output_type: 'stream'};

/** Runs a notebook as nbclient does, through the kernel, in a folder of its own: a notebook keeps its progress where it runs. */
async function runNotebook(notebook: Notebook, backend: 'cpu' | 'tensorflow'): Promise<RanCell[]> {
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-notebooks-'));
  try {
    const [file, ran] = [join(folder, 'lesson.ipynb'), join(folder, 'ran.ipynb')];
    writeFileSync(file, notebookText(notebook));
    const options = ['--execute', '--allow-errors', '--to', 'notebook', '--output', ran];
    await nbconvert([...options, file], backend === 'cpu' ? {SNAPGRID_BACKEND: backend} : {});
    const {cells} = JSON.parse(readFileSync(ran, 'utf8')) as {cells: RanCell[]};
    return cells.filter(cell => cell.cell_type === 'code');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** What a cell shows as text. */
const shown = ({outputs}: RanCell): string =>
  outputs.flatMap(output => ('data' in output ? [[output.data['text/plain'] ?? ''].flat().join('')] : [])).join('\n');

const errors = (cells: readonly RanCell[]): string[] =>
  cells.flatMap(({id, outputs}) =>
    outputs.flatMap(output => (output.output_type === 'error' ? [`${id}: ${output.ename}: ${output.evalue}`] : [])),
  );

describe.each(ownCourse.slugs())('%s through the kernel', slug => {
  const lesson = readLesson(ownCourse.folder(slug));
  const tasks = lesson.cells.flatMap(cell => cell.task ?? []);

  test('runs from top to bottom without an error once solved, and every check passes', async () => {
    const runs = await runNotebook(solvedLesson(slug), lesson.manifest.backend);
    expect(errors(runs)).toEqual([]);
    for (const task of tasks) expect(shown(runs.find(run => run.id === `check-${task}`)!)).toMatch(/^✓ .*: passed/m);
    expect(shown(runs.at(-1)!)).toContain(`${tasks.length} of ${tasks.length} tasks done`);
  }, 300_000);

  test('teaches by its first failure: what to do, and where the hint is', async () => {
    const upToFirstCheck = lesson.cells.slice(0, lesson.cells.findIndex(cell => cell.check !== undefined) + 1);
    const runs = await runNotebook(buildNotebook({...lesson, cells: upToFirstCheck}), lesson.manifest.backend);
    const last = shown(runs.at(-1)!);
    expect(last).toContain(`${tasks[0]} is not written yet`);
    expect(last).toContain('Open Hint 1');
  }, 300_000);
});
