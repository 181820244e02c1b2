import {spawn, type ChildProcess} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {cell} from '../demo/hostile.ts';
import {Gradebook} from '../gradebook/gradebook.ts';
import {gradeSubmission} from '../grade-submission.ts';
import {SandboxFailed} from '../sandbox/pool.ts';
import {processTree} from '../sandbox/process-tree.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {takeIn} from '../submission/intake.ts';
import {submittedAt} from '../submission/submitted-at.ts';
import {gradedSmallLesson, smallSolved} from './small-lesson.ts';

let one: TestClass;
afterEach(() => one.remove());

it('a sandbox that does not start is our fault: not graded, not kept, tried again by the next run', async () => {
  one = await TestClass.make({ada: smallSolved});
  const gradebook = await Gradebook.open(join(one.folder, 'gradebook.sqlite'));
  let started = 0;
  const source = {
    take: async (): Promise<never> => {
      started++;
      throw new SandboxFailed('no room');
    },
  };
  const context = {lesson: gradedSmallLesson, isolation: 'bubblewrap' as const, secret: '5e', graderVersion: '0', source, gradebook};
  const path = join(one.submissions, 'ada_small.ipynb');
  const file = await takeIn({learner: 'ada', file: 'ada_small.ipynb', path}, await submittedAt(path), '98-small', gradebook);
  for (const run of [1, 2]) {
    const {result, ours, reused} = await gradeSubmission(file, [], context);
    expect({status: result.status, reason: result.reason, ours, reused}).toEqual({
      status: 'not graded',
      reason: 'no room',
      ours: true,
      reused: false,
    });
    expect(started).toBe(3 * run);
  }
  await gradebook.close();
});

describe.skipIf(await missingSandbox())('a batch', () => {
  const running: ChildProcess[] = [];
  afterEach(() => running.splice(0).forEach(child => child.kill('SIGKILL')));

  const batch = (to: string, flags: readonly string[] = [], onLine: (line: string, pid: number) => void = () => {}): Promise<string[]> => {
    const program = join(projectRoot, 'dist/grader/test/batch-process.js');
    const child = spawn(process.execPath, [...flags, program, one.submissions, join(one.folder, to)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    const lines: string[] = [];
    createInterface({input: child.stdout!}).on('line', line => {
      lines.push(line);
      onLine(line, child.pid!);
    });
    return new Promise(resolve => child.on('close', () => resolve(lines)));
  };
  const csv = (to: string): string => readFileSync(join(one.folder, to, 'grades.csv'), 'utf8');
  const learners = (count: number) =>
    Object.fromEntries(
      Array.from({length: count}, (_, i) => [
        `learner${i}`,
        cell(smallSolved, 'chooseScale', `const chooseScale = x => x.abs().max().div(${i % 2 ? 127 : 9}); // ${i}`),
      ]),
    );

  it('whose sandboxes the machine ends, as it does when memory runs out, tries those submissions again: the same bytes of CSV', async () => {
    one = await TestClass.make(learners(8));
    await batch('undisturbed');
    let struck = 0;
    const lines = await batch('struck', [], (line, pid) => {
      if (!line.startsWith('graded') || struck >= 4) return;
      for (const sandbox of processTree(pid).slice(1)) {
        // The first of each tree is bubblewrap itself.
        try {
          if (!readFileSync(`/proc/${sandbox}/comm`, 'utf8').startsWith('bwrap')) continue;
          struck++;
          process.kill(sandbox, 'SIGKILL');
        } catch {
          // It has ended.
        }
      }
    });
    expect(struck).toBeGreaterThan(0);
    expect(lines.at(-1)).toBe('finished 8');
    expect(csv('struck')).toBe(csv('undisturbed'));
  }, 120_000);

  it('goes on while the clock of the system jumps by days, forwards and back: the same bytes of CSV', async () => {
    one = await TestClass.make(learners(4));
    await batch('undisturbed');
    const jumping = `
      const now = Date.now, Real = Date;
      let calls = 0;
      Date.now = () => now() + (calls++ % 3 - 1) * 5 * 86_400_000;
      globalThis.Date = new Proxy(Real, {construct: (_, args) => args.length ? new Real(...args) : new Real(Date.now())});`;
    expect((await batch('jumping', ['--import', `data:text/javascript,${encodeURIComponent(jumping)}`])).at(-1)).toBe('finished 4');
    expect(csv('jumping')).toBe(csv('undisturbed'));
  }, 120_000);

  it('loses one task to a fault in native code below TensorFlow, and nothing else', async () => {
    one = await TestClass.make({
      faulty: cell(
        smallSolved,
        'chooseScale',
        "function chooseScale(x) { tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync(); process.kill(process.pid, 'SIGSEGV'); for (;;) {} }",
      ),
      neighbour: smallSolved,
    });
    const results = byLearner(
      (await one.grade({lesson: {...gradedSmallLesson, backend: 'tensorflow', budgetSeconds: 30, memoryMiB: 1024}})).results,
    );
    expect(scoreLine(results.get('faulty')!)).toBe('3 chooseScale:error quantizeInt8:passed');
    expect(results.get('faulty')!.tasks[0]!.checks[0]!.message).toContain('ended its own process');
    expect(scoreLine(results.get('neighbour')!)).toMatch(/^5 /);
  }, 120_000);
});
