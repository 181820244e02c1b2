import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Notebook} from '../../exercises/build/index.ts';
import {resultTable} from '../../cli/grading-words.ts';
import {cell} from '../demo/hostile.ts';
import {eachGraded} from '../gradebook/grades.ts';
import {withGradebook} from '../gradebook/reading.ts';
import {gradescopeResults} from '../gradescope/results.ts';
import {parseResult, type SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {code, gradedSmallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const answer = (source: string): Notebook => cell(smallSolved, 'chooseScale', source);
const quantize = (body: string): Notebook => cell(smallSolved, 'quantizeInt8', `async function quantizeInt8(x, scale) { ${body} }`);

/** Answers that are no codes, and the verdict of each. */
const odd: Record<string, [Notebook, string]> = {
  NaN: [answer('const chooseScale = () => NaN'), 'failed'],
  infinity: [answer('const chooseScale = () => Infinity'), 'failed'],
  text: [answer("const chooseScale = () => '<script>alert(1)</script>'"), 'failed'],
  changingGetter: [answer('let n = 0; const chooseScale = () => ({get scale() { return n++; }})'), 'failed'],
  proxy: [answer('const chooseScale = () => new Proxy({}, {get: () => { throw new Error() }, ownKeys: () => { for (;;) {} }})'), 'error'],
  cycle: [answer('const chooseScale = () => { const a = []; a.push(a); return a; }'), 'error'],
  late: [answer('const chooseScale = () => new Promise(done => setTimeout(done, 8000, 1))'), 'timeout'],
  notAFunction: [answer('const chooseScale = 7'), 'error'],
  rejects: [answer('const chooseScale = () => Promise.reject(null)'), 'error'],
  wrongDtype: [quantize('return x.div(scale).round()'), 'failed'],
  wrongShape: [quantize('return x.div(scale).round().toInt().reshape([1, -1])'), 'failed'],
  sparse: [quantize('const all = []; all[x.size - 1] = 1; return all'), 'failed'],
  ragged: [quantize('return [[1], [2, 3]]'), 'failed'],
  disposed: [quantize('const y = x.toInt(); y.dispose(); return y'), 'error'],
  gigantic: [quantize('return new Int8Array(300_000_000)'), 'memory'],
};

describe.skipIf(missing)('a batch', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    const secrets =
      "async function chooseScale(x) { console.log('SEEN', x.dataSync().slice(0, 3).join()); throw new Error('SEEN ' + x.dataSync()[0]); }";
    all = await TestClass.make({
      ...Object.fromEntries(Object.entries(odd).map(([name, [notebook]]) => [name, notebook])),
      leaks: answer(secrets),
      notBegun: answer("function chooseScale() { throw new Error('chooseScale is not written yet. Hint 1 names the operation.'); }"),
      toolkit: answer("import {chooseQParams} from 'snapgrid/quant'; const chooseScale = chooseQParams;"),
      otherLesson: {...smallSolved, metadata: {snapgrid: {lesson: '99-other'}}},
      empty: '',
      'ada 🎓': smallSolved,
      copied: {...smallSolved, cells: [...smallSolved.cells, {...smallSolved.cells[1]!}]},
      reordered: {...smallSolved, cells: [smallSolved.cells[0]!, ...smallSolved.cells.slice(1).reverse()]},
      nothing: {...smallSolved, cells: []},
    });
    await symlink('/etc/passwd', join(all.submissions, 'link_small.ipynb'));
    await mkdir(join(all.submissions, 'grace/small'), {recursive: true});
    await writeFile(join(all.submissions, 'grace/small/work.ipynb'), JSON.stringify(smallSolved));
    results = byLearner((await all.grade()).results);
  }, 300_000);

  afterAll(() => all.remove());

  it('says of an answer that was not begun just that, and nothing of its inputs', () => {
    const [task, other] = results.get('notBegun')!.tasks;
    expect(task).toMatchObject({verdict: 'error', points: 0});
    expect(new Set(task!.checks.map(({message}) => message))).toEqual(
      new Set(['chooseScale is not written yet: its cell still throws the error that the lesson put there.']),
    );
    expect(other!.verdict).toBe('passed');
  });

  it.each(Object.entries(odd).map(([name, [, verdict]]) => ({name, verdict})))(
    'calls an answer that is $name $verdict, and loses no other task',
    ({name, verdict}) => {
      const result = results.get(name)!;
      expect(scoreLine(result)).toContain(`:${verdict}`);
      expect(result.tasks.filter(task => task.verdict === 'passed')).toHaveLength(1);
    },
  );

  it('shows a learner nothing of hidden inputs, and the instructor all that was printed', () => {
    expect(all.file('leaks/result.json') + all.file('leaks/feedback.html')).not.toMatch(/SEEN -?\d|SEEN',? -?\d/);
    expect(all.file('instructor/leaks.log')).toMatch(/SEEN -?\d/);
  });

  it('refuses the toolkit by the rule that it breaks', () => {
    const result = results.get('toolkit')!;
    expect(scoreLine(result)).toContain('chooseScale:error quantizeInt8:passed');
    expect(result.cells[1]!.error).toMatch(/snapgrid\/quant.*rule/s);
  });

  it.each(['otherLesson', 'empty', 'link'])('does not grade %s, and says why', learner => {
    const {status, reason} = results.get(learner)!;
    expect([status, reason.length > 10]).toEqual(['not graded', true]);
    expect(all.file('grades.csv')).toMatch(new RegExp(`^${learner},.*,not graded,.*,,,,\\r$`, 'm'));
  });

  it.each(['ada 🎓', 'copied', 'reordered', 'grace'])('gives %s all points', learner => {
    expect(scoreLine(results.get(learner)!)).toMatch(/^5 /);
  });

  it('gives a notebook without cells no points, not a pass', () => {
    expect(scoreLine(results.get('nothing')!)).toBe('0 chooseScale:error quantizeInt8:error');
  });

  it('writes results that fit their schema', () => {
    expect(parseResult(all.file('ada 🎓/result.json')).learner).toBe('ada 🎓');
  });

  it('gives the same numbers again, and other inputs to another learner', async () => {
    const pair = await TestClass.make({a: smallSolved, b: smallSolved});
    const first = byLearner((await pair.grade()).results);
    const again = byLearner((await pair.grade({to: join(pair.folder, 'again')})).results);
    await pair.remove();
    expect(again.get('a')!.tasks).toEqual(first.get('a')!.tasks);
    expect(first.get('a')!.seedId).not.toBe(first.get('b')!.seedId);
  });

  it('gives the same verdicts with tensors of JavaScript and of TensorFlow', async () => {
    const pair = await TestClass.make({
      right: smallSolved,
      floors: quantize('return x.div(scale).floor().clipByValue(-127, 127).toInt()'),
      takes: answer('const chooseScale = () => tf.zeros([40_000, 40_000]).add(1).sum().dataSync()[0]'),
      throws: answer("const chooseScale = () => { throw new Error('no') }"),
    });
    const [cpu, tensorflow] = await Promise.all(
      (['cpu', 'tensorflow'] as const).map(async backend => {
        const {results} = await pair.grade({to: join(pair.folder, backend), lesson: {...gradedSmallLesson, backend, memoryMiB: 1024}});
        return results.map(result => [result.learner, result.backend, scoreLine(result)]);
      }),
    );
    await pair.remove();
    expect(tensorflow).toEqual(cpu!.map(([learner, , line]) => [learner, 'tensorflow', line]));
    expect(cpu!.map(([, , line]) => line!.slice(0, 20))).toEqual([
      '2 chooseScale:passed',
      '5 chooseScale:passed',
      '3 chooseScale:memory',
      '3 chooseScale:error ',
    ]);
  }, 120_000);

  it('stops when it is told to, and says what is left', async () => {
    const some = await TestClass.make(Object.fromEntries([1, 2, 3, 4, 5].map(n => [`l${n}`, smallSolved])));
    const controller = new AbortController();
    const {results: done, left} = await some.grade({width: 1, signal: controller.signal, onProgress: () => controller.abort()});
    await some.remove();
    expect([done.length, left]).toEqual([1, 4]);
  });

  it('without bubblewrap says so in every result and on every page', async () => {
    const one = await TestClass.make({x: {...smallSolved, cells: [...smallSolved.cells, code('more', {}, '1')]}});
    const {
      results: [result],
      assignment,
    } = await one.grade({isolation: 'process'});
    const pages = ['x/feedback.html', 'class.html'].map(name => one.file(name));
    const graded = await withGradebook(one.results, async gradebook => {
      for await (const learner of eachGraded(gradebook, assignment, {checks: true})) return learner;
      return undefined;
    });
    await one.remove();
    expect([result!.isolation, result!.points]).toEqual(['process', 5]);
    for (const page of pages) expect(page).toMatch(/without a sandbox/i);
    expect(gradescopeResults(graded!).output).toContain('without a sandbox of its own (--isolation process)');
    expect(resultTable(result!)).toContain('note: graded without a sandbox (--isolation process)');
  });
});
