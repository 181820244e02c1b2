import Database from 'libsql';
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {cell} from '../demo/hostile.ts';
import {missingSandbox, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const program = join(projectRoot, 'dist/grader/test/batch-process.js');

// Each fault ends in a clear message or in nothing at all; then the batch goes on, and its CSV is that of one that nothing disturbed.
describe.skipIf(missing)('a batch', () => {
  let all: TestClass;
  const csv = (to: string): string => readFileSync(join(all.folder, to, 'grades.csv'), 'utf8');

  /** Runs a command with all that it says. */
  function run(
    command: string,
    args: readonly string[],
    onLine: (line: string) => void = () => {},
  ): Promise<{code: number | null; said: string}> {
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']});
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      createInterface({input: stream}).on('line', line => {
        said += `${line}\n`;
        onLine(line);
      });
    return new Promise(resolve => child.on('close', code => resolve({code, said})));
  }

  const batch = (to: string, onLine?: (line: string) => void): ReturnType<typeof run> =>
    run(process.execPath, [program, all.submissions, join(all.folder, to)], onLine);

  /** Runs a script of bash where this machine's files are as they are but for `change`. */
  const asRoot = process.getuid?.() === 0 ? ['--cap-add', 'ALL'] : []; // which starts sandboxes as other users
  const within = (change: readonly string[], script: string, ...args: readonly string[]): ReturnType<typeof run> =>
    run('bwrap', ['--dev-bind', '/', '/', ...asRoot, ...change, '--', 'bash', '-c', script, 'bash', ...args]);

  beforeAll(async () => {
    const answers = Array.from({length: 6}, (_, i) =>
      cell(smallSolved, 'chooseScale', `const chooseScale = x => x.abs().max().div(${125 + i});`),
    );
    all = await TestClass.make(Object.fromEntries(answers.map((notebook, i) => [`learner${i}`, notebook])));
    await batch('undisturbed');
  }, 60_000);

  afterAll(() => all.remove());

  it('whose disk is full says so wherever that happens, keeps what was graded, and goes on when there is room', async () => {
    const results = join(all.folder, 'on a small disk');
    await mkdir(results);
    // 4 MB, of which a file leaves 20 kB at first, and 60 kB more each time.
    const script = `
      for free in $(seq 20 60 1500); do
        head -c $(( (3900 - free) * 1000 )) /dev/zero > "$1/ballast" && "$2" "$3" "$4" "$1" && cat "$1/grades.csv" > "$1.csv" && exit
        echo "stopped with code $?"
      done`;
    const small = ['--size', '4000000', '--tmpfs', results];
    const {code, said} = await within(small, script, results, process.execPath, program, all.submissions);
    expect([code, said]).toEqual([0, expect.stringContaining('finished 6')]);
    const stops = said.match(/^stopped with code \d+$/gm) ?? [];
    expect(stops.length).toBeGreaterThan(1);
    const reasons = said.match(/Error: Expected .*(disk|full|room).*/g) ?? [];
    expect(reasons).toHaveLength(stops.length);
    const told = said.match(/^graded .*/gm) ?? [];
    expect(new Set(told).size).toBe(told.length);
    expect(readFileSync(`${results}.csv`, 'utf8')).toBe(csv('undisturbed'));
  }, 180_000);

  it('whose results cannot be written says so, changes nothing, and goes on when they can', async () => {
    await batch('later read-only');
    const results = join(all.folder, 'later read-only');
    const before = csv('later read-only');
    const {code, said} = await within(['--ro-bind', results, results], '"$@"', process.execPath, program, all.submissions, results);
    expect(code).not.toBe(0);
    expect(said).toMatch(/Error: Expected a gradebook at .*check that the folder can be written/);
    expect(csv('later read-only')).toBe(before);
    expect((await batch('later read-only')).said).toContain('finished 6');
    expect(csv('later read-only')).toBe(csv('undisturbed'));
  }, 60_000);

  it('whose gradebook another program holds for a while waits for it', async () => {
    let held: Database.Database | undefined;
    const {code, said} = await batch('held', line => {
      if (held || !line.startsWith('graded')) return;
      held = new Database(join(all.folder, 'held/gradebook.sqlite'), {timeout: 5000});
      held.exec('BEGIN IMMEDIATE');
      setTimeout(() => held!.close(), 2500);
    });
    expect([code, held?.open, said]).toEqual([0, false, expect.stringContaining('finished 6')]);
    expect(csv('held')).toBe(csv('undisturbed'));
  }, 60_000);
});
