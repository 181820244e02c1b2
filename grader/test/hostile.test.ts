import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {hostileSubmissions} from '../demo/hostile.ts';
import type {Notebook} from '../../exercises/build/index.ts';
import type {SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {gradedSmallLesson, smallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const asRoot = process.getuid?.() === 0;
const ordinaryUser = 54_000;

// Root's sandboxes are started under users of their own; somebody else's under that user's own name.
describe.skipIf(missing).each(asRoot ? ['root', 'an ordinary user'] : ['an ordinary user'])('in the sandbox of %s', user => {
  const submissions = hostileSubmissions({lesson: smallLesson, solved: smallSolved, imports: gradedSmallLesson.imports});
  // What they start says whose it is: another run of these tests beside this one has its own.
  const mark = `snapgrid-fork-${process.pid}-${user.replaceAll(' ', '-')}`;
  const marked = (notebook: Notebook): string =>
    JSON.stringify(notebook)
      .replaceAll('// snapgrid-fork', `// ${mark}`)
      .replaceAll('globalThis.kept', `/* ${mark} */ globalThis.kept`)
      .replaceAll("'47123'", `'${(canary.address() as AddressInfo).port}'`);
  let all: TestClass;
  let results: Map<string, SubmissionResult>;
  let canary: Server;
  let arrived = 0;

  beforeAll(async () => {
    canary = createServer(() => arrived++).listen(0, '127.0.0.1');
    await once(canary, 'listening');
    all = await TestClass.make(Object.fromEntries(submissions.map(({name, notebook}) => [name, marked(notebook)])));
    results = byLearner(asRoot && user !== 'root' ? await all.gradeAs(ordinaryUser) : (await all.grade()).results);
  }, 300_000);

  afterAll(async () => {
    canary.close();
    await all.remove();
  });

  it.each(submissions)('$name gets $points points', ({name, points, verdicts}) => {
    const result = results.get(name)!;
    const got = Object.fromEntries(result.tasks.filter(task => task.task in verdicts).map(task => [task.task, task.verdict]));
    expect({line: scoreLine(result), points: result.points, verdicts: got}).toEqual({line: scoreLine(result), points, verdicts});
  });

  it('a search for hidden tests finds none', () => {
    expect(all.file('instructor/12-searches-for-tests.log')).toContain('FOUND []');
  });

  it('nothing arrives on the network', () => {
    const {notebook} = submissions.find(({name}) => name === '16-calls-the-network')!;
    expect(marked(notebook)).toContain(`'${(canary.address() as AddressInfo).port}'`);
    expect(arrived).toBe(0);
    expect(results.get('16-calls-the-network')!.cells.at(-1)!.output).not.toContain('connected');
  });

  it('nothing is written outside', () => {
    for (const folder of ['/', '/usr', '/var/tmp', '/etc', process.cwd()]) expect(existsSync(`${folder}/snapgrid-was-here`)).toBe(false);
    expect(results.get('15-writes-outside')!.cells.at(-1)!.output).not.toMatch(/wrote in \/(?!tmp)/);
    expect(results.get('13-writes-to-the-gradebook')!.cells.at(-1)!.output).toBe('');
  });

  it('no process survives its submission', () => {
    const commands = readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(pid => commandLine(pid));
    expect(commands.filter(command => command.includes(mark))).toEqual([]);
    // They were there to be looked for.
    for (const name of ['17-forks-50', '18d-takes-4-GB-in-children'])
      expect(marked(submissions.find(submission => submission.name === name)!.notebook)).toContain(mark);
  });

  it('200 MB of output leave a small feedback that says so', () => {
    expect(all.file('06-prints-200-MB/feedback.html').length).toBeLessThan(2_000_000);
    expect(results.get('06-prints-200-MB')!.warnings.join()).toContain('printed more than is shown');
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
