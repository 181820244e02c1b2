import {afterAll, describe, expect, test} from 'vitest';
import {buildNotebook, type Notebook, ownCourse, readLesson} from '../exercises/build/index.ts';
import {NotebookRunner, type RanCell} from './notebook-runner.ts';
import {solvedLesson} from './solved-lesson.ts';

const runner = new NotebookRunner();
afterAll(() => runner.close());

/** What a cell shows as text. */
const shown = ({outputs}: RanCell): string =>
  outputs.flatMap(output => ('data' in output ? [output.data['text/plain'] ?? ''] : [])).join('\n');

/** What went wrong in the cells, and what the kernel says is wrong with their types. */
const faults = (cells: readonly RanCell[]): string[] =>
  cells.flatMap(({id, outputs}) =>
    outputs.flatMap(output => {
      if (output.output_type === 'error') return [`${id}: ${output.ename}: ${output.evalue}`];
      return 'text' in output && output.text.includes('Type warning') ? [`${id}: ${output.text}`] : [];
    }),
  );

describe.concurrent.each(ownCourse.slugs())('%s through the kernel', slug => {
  const lesson = readLesson(ownCourse.folder(slug));
  const tasks = lesson.cells.flatMap(cell => cell.task ?? []);
  const {backend} = lesson.manifest;
  const run = (notebook: Notebook): Promise<RanCell[]> => runner.run(notebook, backend === 'cpu' ? {SNAPGRID_BACKEND: backend} : {});

  test('runs from top to bottom without an error or a type warning once solved, and every check passes', async () => {
    const runs = await run(solvedLesson(slug));
    expect(faults(runs)).toEqual([]);
    for (const task of tasks) expect(shown(runs.find(run => run.id === `check-${task}`)!)).toMatch(/^✓ .*: passed/m);
    expect(shown(runs.at(-1)!)).toContain(`${tasks.length} of ${tasks.length} tasks done`);
  }, 300_000);

  test('teaches by its first failure, and by no type warning: what to do, and where the hint is', async () => {
    const upToFirstCheck = lesson.cells.slice(0, lesson.cells.findIndex(cell => cell.check !== undefined) + 1);
    const runs = await run(buildNotebook({...lesson, cells: upToFirstCheck}));
    expect(faults(runs)).toEqual([]);
    const last = shown(runs.at(-1)!);
    expect(last).toContain(`${tasks[0]} is not written yet`);
    expect(last).toContain('Open Hint 1');
  }, 300_000);
});
