import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {afterEach, describe, expect, test} from 'vitest';
import {buildNotebook, type Notebook, ownCourse, readLesson} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';
import {type Done, SessionConnection} from '../session/wire/connection.ts';
import type {Event} from '../session/wire/messages.ts';
import {sessionCommand} from '../session/wire/options.ts';
import {solvedLesson} from './solved-lesson.ts';

interface CellRun {
  readonly id: string;
  readonly done: Done;
  readonly printed: string;
}

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach(stop => stop()));

/** Runs a notebook's code cells in a real session, as the kernel does. */
async function runNotebook(notebook: Notebook, backend: 'cpu' | 'tensorflow'): Promise<CellRun[]> {
  const {args} = sessionCommand({folder: join(projectRoot, 'notebooks'), display: true, ...(backend === 'cpu' ? {backend} : {})});
  // A notebook keeps its progress where it runs.
  const cwd = mkdtempSync(join(tmpdir(), 'snapgrid-notebooks-'));
  const child = spawn(process.execPath, args, {cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe']});
  stops.push(() => {
    child.kill('SIGKILL');
    rmSync(cwd, {recursive: true, force: true});
  });
  const [, stdout, stderr, requests, control, events] = child.stdio as unknown as [null, Readable, Readable, Writable, Writable, Readable];
  const connection = new SessionConnection({requests, control, events, stdout, stderr});
  const seen: Event[] = [];
  connection.listen(event => seen.push(event));
  const runs: CellRun[] = [];
  for (const [i, cell] of notebook.cells.filter(cell => cell.cell_type === 'code').entries()) {
    const from = seen.length;
    const done = await connection.run({name: `In [${i + 1}]`, code: cell.source.join(''), result: true});
    const printed = seen
      .slice(from)
      .flatMap(event => (event.type === 'stream' ? [event.text] : []))
      .join('');
    runs.push({id: cell.id, done, printed});
  }
  return runs;
}

const shown = (run: CellRun): string =>
  run.done.status === 'ok' ? String(run.done.bundle?.['text/plain'] ?? '') : run.done.error.traceback.join('\n');

describe.each(ownCourse.slugs())('%s in a session', slug => {
  const lesson = readLesson(ownCourse.folder(slug));
  const tasks = lesson.cells.flatMap(cell => cell.task ?? []);

  test('runs from top to bottom without an error once solved, and every check passes', async () => {
    const runs = await runNotebook(solvedLesson(slug), lesson.manifest.backend);
    expect(runs.filter(run => run.done.status === 'error').map(run => `${run.id}: ${shown(run)}`)).toEqual([]);
    for (const task of tasks) expect(shown(runs.find(run => run.id === `check-${task}`)!)).toMatch(/^✓ .*: passed/);
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
