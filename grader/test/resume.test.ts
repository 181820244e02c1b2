import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {cell} from '../demo/hostile.ts';
import {processTree} from '../sandbox/process-tree.ts';
import {missingSandbox, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
/** So often a batch is killed, each time at another moment; `npm run test:long` does it 50 times. */
const kills = Number(process.env['SNAPGRID_KILLS'] ?? 3);

describe.skipIf(missing)('a batch that is killed with -9', () => {
  let learners: TestClass;
  const running: ChildProcess[] = [];
  /** The sandboxes that ran when a batch was killed: their processes with their commands. */
  const orphans = new Map<number, string>();

  beforeAll(async () => {
    learners = await TestClass.make(
      Object.fromEntries(Array.from({length: 10}, (_, i) => [`learner${i}`, cell(smallSolved, 'chooseScale', answers(i))])),
    );
  });

  afterAll(async () => {
    running.forEach(child => child.kill('SIGKILL'));
    await learners.remove();
  });

  const answers = (i: number): string =>
    i % 3 ? `const chooseScale = x => x.abs().max().div(${120 + i}); // ${i}` : `const chooseScale = x => x.abs().max().div(127); // ${i}`;

  const batch = (to: string, killAfter = Infinity, signal: NodeJS.Signals = 'SIGKILL'): Promise<string[]> => {
    const child = spawn(
      process.execPath,
      [join(projectRoot, 'dist/grader/test/batch-process.js'), learners.submissions, join(learners.folder, to)],
      // A group of its own, which a signal reaches as a whole, as a terminal's Ctrl-C does.
      {stdio: ['ignore', 'pipe', 'inherit'], detached: true},
    );
    running.push(child);
    const lines: string[] = [];
    createInterface({input: child.stdout!}).on('line', line => {
      lines.push(line);
      if (lines.length !== killAfter) return;
      for (const pid of processTree(child.pid!).slice(1)) orphans.set(pid, commandOf(pid));
      process.kill(-child.pid!, signal);
    });
    return new Promise(resolve => child.on('close', () => resolve(lines)));
  };

  it('goes on where it was: the same bytes of CSV, nothing graded twice, nothing lost, no sandbox left behind', async () => {
    await batch('whole');
    expect(existsSync(join(learners.folder, 'whole/grades.csv'))).toBe(true);
    const first = await batch('killed', 3);
    expect(existsSync(join(learners.folder, 'killed/grades.csv'))).toBe(false);
    expect([...orphans.values()].filter(command => command.includes('bwrap'))).not.toEqual([]);
    const second = await batch('killed', 3);
    const last = await batch('killed');
    // A sandbox that was being made when a grader was killed is ended by the next one.
    await expect.poll(() => [...orphans].filter(([pid, command]) => command && commandOf(pid) === command)).toEqual([]);
    expect(last.at(-1)).toBe('finished 10');
    const csv = (name: string): string => readFileSync(join(learners.folder, name, 'grades.csv'), 'utf8');
    expect(csv('killed')).toBe(csv('whole'));
    const told = [...first, ...second, ...last].filter(line => line.startsWith('graded'));
    expect(new Set(told).size).toBe(told.length);
    expect(last.filter(line => line.startsWith('reused')).length).toBeGreaterThanOrEqual(first.length);
    const results = readdirSync(join(learners.folder, 'killed')).filter(name => name.startsWith('learner'));
    expect(results).toHaveLength(10);
    expect(readdirSync(join(learners.folder, 'killed'), {recursive: true}).filter(name => String(name).endsWith('.half'))).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('or stopped by %s finishes what runs, then goes on to the same bytes of CSV', async signal => {
    const first = await batch(signal, 1, signal);
    expect(first.at(-1)).toMatch(/^stopped \d$/);
    await batch(signal);
    const csv = (name: string): string => readFileSync(join(learners.folder, name, 'grades.csv'), 'utf8');
    expect(csv(signal)).toBe(csv('whole'));
  });

  it('at any moment, again and again: the same bytes of CSV', async () => {
    // Names in the order in which a batch takes them.
    const names = Array.from({length: Math.max(20, 4 * kills)}, (_, i) => `learner${String(i).padStart(3, '0')}`);
    const many = await TestClass.make(Object.fromEntries(names.map((name, i) => [name, cell(smallSolved, 'chooseScale', answers(i))])));
    const start = (to: string): ChildProcess => {
      const program = join(projectRoot, 'dist/grader/test/batch-process.js');
      const child = spawn(process.execPath, [program, many.submissions, join(many.folder, to)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      running.push(child);
      return child;
    };
    const ended = (child: ChildProcess): Promise<number | null> => {
      child.stdout!.resume();
      return new Promise(resolve => child.on('close', resolve));
    };
    const moments: string[] = [];
    const graded = new Set<string>();
    let [startMs, stepMs] = [0, 0];
    let cut = 0;
    for (let kill = 0; kill < kills; kill++) {
      // Every other run is killed at any point, the others once the first of what was left is done: a submission that is cut off five times is set aside.
      const steps = kill % 2 ? Math.floor(4 * Math.random()) : 2 + Math.floor(2 * Math.random());
      const share = Math.random();
      moments.push(`${(steps + share).toFixed(2)} steps`);
      const oldest = names.find(name => !graded.has(name))!;
      const child = start('killed');
      let [last, fresh] = [performance.now(), 0];
      let due: NodeJS.Timeout | undefined;
      // A step is a submission's, and as long as the last one was: no clock says how far a busy machine gets.
      const strikeWithin = (ms: number): void => {
        due ??= setTimeout(() => {
          if (child.exitCode === null) cut++;
          child.kill('SIGKILL');
        }, share * ms);
      };
      if (!steps) strikeWithin(startMs);
      createInterface({input: child.stdout!}).on('line', line => {
        const [how, learner] = line.split(' ') as [string, string];
        graded.add(learner);
        if (how !== 'graded') return;
        const now = performance.now();
        if (fresh++) stepMs = now - last;
        else startMs = now - last;
        last = now;
        if (steps && fresh >= steps && graded.has(oldest)) strikeWithin(stepMs);
      });
      await new Promise(resolve => child.on('close', resolve));
      clearTimeout(due);
    }
    expect(await ended(start('killed'))).toBe(0);
    expect(await ended(start('whole'))).toBe(0);
    const csv = (name: string): string => readFileSync(join(many.folder, name, 'grades.csv'), 'utf8');
    expect(csv('killed'), `killed after ${moments.join(', ')}`).toBe(csv('whole'));
    expect(csv('whole').trim().split('\n')).toHaveLength(names.length + 1);
    expect(cut).toBe(kills);
    await many.remove();
  }, 1_200_000);

  it('gives the same grades when all of it is graded again', async () => {
    const lines = await batch('whole');
    expect(lines.filter(line => line.startsWith('reused'))).toHaveLength(10);
  });
});

/** Empty where it has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
