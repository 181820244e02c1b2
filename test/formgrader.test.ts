import {Ajv} from 'ajv';
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {freePort} from '../bench/free-port.ts';
import {nbgraderPython} from '../bench/peers.ts';
import {type Notebook, ownCourse} from '../exercises/build/index.ts';
import {loadGradedLesson, maxPoints} from '../grader/lesson.ts';
import {projectRoot} from '../project/root.ts';
import {solvedLesson} from './solved-lesson.ts';

const slugs = ownCourse.slugs();
const notebook = (slug: string): Notebook => JSON.parse(readFileSync(join(ownCourse.notebooks, `${slug}.ipynb`), 'utf8')) as Notebook;

interface Marked {
  readonly grade: boolean;
  readonly solution: boolean;
  readonly grade_id: string;
  readonly points?: number;
  readonly cell_type: string;
}

/** What nbgrader asks of a cell's metadata, version 3 (its v3.json and v3.py). */
const fits = new Ajv().compile<Marked>({
  type: 'object',
  properties: {
    schema_version: {const: 3},
    grade: {type: 'boolean'},
    locked: {type: 'boolean'},
    solution: {type: 'boolean'},
    task: {type: 'boolean'},
    grade_id: {type: 'string', pattern: '^[a-zA-Z0-9_-]+$'},
    points: {type: 'number', minimum: 0},
    cell_type: {enum: ['raw', 'code', 'markdown']},
  },
  required: ['schema_version', 'grade', 'locked', 'solution', 'grade_id'],
  additionalProperties: false,
});

it.each(slugs)("marks the cells of %s as nbgrader's format wants them", slug => {
  const marked = notebook(slug).cells.flatMap(({cell_type, metadata}) =>
    metadata['nbgrader'] === undefined ? [] : [{cell_type, meta: metadata['nbgrader']}],
  );
  const ids = new Set<string>();
  for (const {cell_type, meta} of marked) {
    expect([fits(meta), fits.errors]).toEqual([true, null]);
    const {grade, solution, grade_id, points, cell_type: noted} = meta as Marked;
    expect(noted).toBe(cell_type);
    expect(ids.has(grade_id)).toBe(false);
    ids.add(grade_id);
    expect(points !== undefined).toBe(grade);
    if (cell_type === 'markdown') expect(grade && solution).toBe(true);
  }
  expect(marked.length).toBeGreaterThan(0);
});

describe("nbgrader's formgrader", () => {
  const slug = '06-one-outlier-ruins-it';
  const token = 'formgrader-test';
  let folder: string;
  let server: ChildProcess;
  let origin: string;
  let made: {readonly failed: Record<string, unknown>; readonly points: Record<string, number>};

  const get = async (path: string): Promise<{status: number; text: string}> => {
    const answer = await fetch(`${origin}/formgrader/${path}`, {headers: {Authorization: `token ${token}`}});
    return {status: answer.status, text: await answer.text()};
  };

  beforeAll(async () => {
    const python = nbgraderPython();
    folder = mkdtempSync(join(tmpdir(), 'snapgrid-formgrader-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(folder, file)), {recursive: true});
      writeFileSync(join(folder, file), text);
    };
    // The settings are those that the guide gives.
    const guide = readFileSync(join(projectRoot, 'docs/nbgrader.md'), 'utf8');
    write('nbgrader_config.py', /```python\n(.*?)```/s.exec(guide)![1]!);
    for (const name of slugs) write(`source/${name}/${name}.ipynb`, JSON.stringify(notebook(name)));
    write(`submitted/ada/${slug}/${slug}.ipynb`, JSON.stringify(solvedLesson(slug)));
    const own = Object.fromEntries(['CONFIG', 'DATA', 'RUNTIME'].map(name => [`JUPYTER_${name}_DIR`, join(folder, 'jupyter', name)]));
    const env = {...process.env, ...own, PATH: `${dirname(python)}:${process.env['PATH']}`};
    const {stdout} = await promisify(execFile)(python, [join(projectRoot, 'test/formgrader.py'), folder, slug, 'ada'], {
      cwd: folder,
      env,
      maxBuffer: 2 ** 26,
    });
    made = JSON.parse(stdout.trim().split('\n').at(-1)!) as typeof made;
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const extension = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}";
    const settings = [`--ServerApp.port=${port}`, `--IdentityProvider.token=${token}`, `--ServerApp.root_dir=${folder}`, '--allow-root'];
    server = spawn(python, ['-m', 'jupyter_server', '--no-browser', '--ServerApp.ip=127.0.0.1', extension, ...settings], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
    for (let attempt = 0; attempt < 240 && !(await get('api/status').catch(() => undefined)); attempt++) await sleep(250);
  }, 600_000);

  afterAll(async () => {
    if (server) {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, {recursive: true, force: true});
  });

  it('makes an assignment of every lesson, with the points of its checks and written answers, and changes no answer cell', async () => {
    expect(made.failed).toEqual({});
    for (const name of slugs) {
      const {lesson, written} = await loadGradedLesson(name);
      expect([name, made.points[name]]).toEqual([name, maxPoints(lesson) + written.reduce((sum, {points}) => sum + points, 0)]);
      const released = JSON.parse(readFileSync(join(folder, 'release', name, `${name}.ipynb`), 'utf8')) as Notebook;
      expect(released.cells.map(({source}) => [source].flat().join(''))).toEqual(notebook(name).cells.map(({source}) => source.join('')));
    }
  });

  it('lists them', async () => {
    expect((await get('manage_assignments')).status).toBe(200);
    const listed = JSON.parse((await get('api/assignments')).text) as {name: string; num_submissions: number}[];
    expect(listed.map(({name}) => name).sort()).toEqual([...slugs]);
    expect(listed.find(({name}) => name === slug)!.num_submissions).toBe(1);
  });

  it('opens what was handed in, with a field for the points of each check and each written answer', async () => {
    const [submitted] = JSON.parse((await get(`api/submitted_notebooks/${slug}/${slug}`)).text) as {id: string; student: string}[];
    expect(submitted!.student).toBe('ada');
    const {status, text} = await get(`submissions/${submitted!.id}/?index=0`);
    expect(status).toBe(200);
    for (const {metadata} of notebook(slug).cells) {
      const meta = metadata['nbgrader'] as Marked | undefined;
      if (meta?.grade) expect(text).toContain(`id="${meta.grade_id}"`);
    }
  });
});
