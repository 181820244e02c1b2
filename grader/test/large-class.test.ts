import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import type {Grade} from '../gradebook/grades.ts';
import {measuredCheck, sampleResult, sampleTask} from '../reports/reports.fixture.ts';

describe('a large class', () => {
  // Reading it takes some 35 MiB whatever the number: 13 of code, the rest for results of which a few are read together. All of them do not fit.
  const learners = 400;
  const heapMiB = 64;
  // Some 0.4 MiB each.
  const checks = Array.from({length: 900}, (_, i) => measuredCheck(`check ${i % 20}`, 1, i, '<=', 1, 'codes', 'what it said '.repeat(25)));
  const result = sampleResult({tasks: [sampleTask('a', 'A', checks)]});
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-large-'));
  });
  afterAll(() => rm(folder, {recursive: true}));

  it('takes the memory of a small one: its page and its CSV are written from a gradebook larger than the heap', async () => {
    const program = join(projectRoot, 'dist/grader/test/large-class-process.js');
    const size = JSON.stringify(result).length;
    expect(size * learners).toBeGreaterThan(2.5 * heapMiB * 2 ** 20);
    const template = join(folder, 'result.json');
    await writeFile(template, JSON.stringify(result));
    await promisify(execFile)(process.execPath, [`--max-old-space-size=${heapMiB}`, program, folder, String(learners), template]);
    const lines = (await readFile(join(folder, 'grades.csv'), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(learners + 1);
    expect(lines[1]).toMatch(/^learner1,/);
    const page = await readFile(join(folder, 'class.html'), 'utf8');
    expect(page).toContain(`${learners} <small>of ${learners}</small>`);
    expect(page.match(/feedback\.html/g)).toHaveLength(learners);
  }, 240_000);

  it('is exported from its points alone: what was measured is never read, not even of a few learners', async () => {
    const program = join(projectRoot, 'dist/cli/main.js');
    // The whole results of a few learners do not fit; points alone fit into 16.
    const little = ['--max-old-space-size=24', program, 'export', 'jsonl', '--results', folder];
    const {stdout} = await promisify(execFile)(process.execPath, little, {maxBuffer: 2 ** 26});
    const grades = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Grade);
    expect(grades).toHaveLength(learners);
    const {task, title, points, max, verdict} = result.tasks[0]!;
    expect(grades[0]!.attempt!.tasks).toEqual([{task, title, points, max, verdict}]);
  }, 240_000);

  it('is in order of names, whatever order they came in', async () => {
    const names = (await readFile(join(folder, 'grades.csv'), 'utf8'))
      .trim()
      .split('\r\n')
      .slice(1)
      .map(line => line.split(',')[0]!);
    expect(names).toEqual([...names].sort());
  });
});
