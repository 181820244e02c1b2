import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, test} from 'vitest';
import {loadBackend} from '../backend/index.ts';
import {Draw} from '../data/draw.ts';
import type {TensorData} from '../session/wire/plain.ts';
import {
  accuracy,
  type Check,
  expectCodes,
  expectNumber,
  expectOwnTensors,
  expectRecord,
  expectTensor,
  inNotebook,
  type Learner,
  LearnerThrew,
  levels,
  LocalLearner,
  maxAbsError,
  meanAbsError,
  relativeError,
  runTask,
  sqnrDb,
  type Task,
  TaskLost,
  taskHtml,
  taskText,
  unchangedInputs,
  bitsPerValue,
  byteLength,
  misdirection,
  wrongGradients,
} from './index.ts';

beforeAll(async () => {
  await loadBackend('cpu');
});

const learnerOf = (functions: Record<string, unknown>): LocalLearner => new LocalLearner(name => functions[name]);
const nobody: Learner = learnerOf({});

describe('metrics', () => {
  test('are the values one computes by hand', () => {
    expect(maxAbsError([1, 2, 3], [1, 0, 4])).toBe(2);
    expect(meanAbsError([1, 2, 3], [1, 0, 4])).toBe(1);
    expect(relativeError([3, 4], [3, 5])).toBe(0.2);
    expect(sqnrDb([10], [9])).toBeCloseTo(20, 10);
    expect(accuracy([1, 2, 3, 4], [1, 2, 0, 4])).toBe(0.75);
    expect(levels([0, -0, 1, 1])).toBe(2);
    expect(byteLength(new Uint16Array(3), 'codes')).toBe(6);
    expect(bitsPerValue(6 + 4, 20)).toBe(4);
    expect(wrongGradients([1, 0, 2, 3], [1 + 1e-6, 0, Number.NaN, 2])).toBe(2);
    expect(misdirection([3, 4], [6, 8])).toBeCloseTo(0, 12);
    expect(misdirection([1, 0], [2, 1])).toBe(0.5);
    expect(misdirection([1, 0], [-1, 0])).toBe(2);
  });

  test('refuse different lengths and nothing at all', () => {
    expect(() => maxAbsError([1], [1, 2])).toThrow("as many values as the reference's 1, got 2");
    expect(() => meanAbsError([], [])).toThrow('at least one value');
    expect(() => misdirection([1], [1, 2])).toThrow("as many values as the reference's 1, got 2");
    expect(() => wrongGradients([1], [1, 2])).toThrow("as many values as the reference's 1, got 2");
    expect(() => byteLength([1, 2], 'codes')).toThrow('Expected codes to be a typed array, which has bytes to count');
  });

  test('do not hide a NaN', () => {
    expect(maxAbsError([1, 2], [Number.NaN, 2])).toBeNaN();
  });
});

describe('runTask', () => {
  const check = (name: string, measure: Check['measure'], points = 2): Check => ({name, points, measure});
  const task = (...checks: Check[]): Task => ({name: 'f', title: 'F', timeoutMs: 1000, checks});
  const at =
    (measured: number): Check['measure'] =>
    async () => ({measured, comparison: '<=', threshold: 1, unit: 'steps', message: 'too far'});

  test('gives the points of the checks that pass, and margins positive on the passing side', async () => {
    const result = await runTask(task(check('near', at(0.25)), check('far', at(3))), nobody, 's');
    expect(result).toMatchObject({points: 2, max: 4, verdict: 'failed'});
    expect(result.checks.map(({measurement}) => measurement?.margin)).toEqual([0.75, -2]);
    expect(result.checks.map(({message}) => message)).toEqual(['', 'too far']);
  });

  test('never passes NaN, and keeps Infinity out of results', async () => {
    const result = await runTask(task(check('nan', at(Number.NaN)), check('infinite', at(Number.POSITIVE_INFINITY))), nobody, 's');
    expect(result.checks.map(({verdict}) => verdict)).toEqual(['failed', 'failed']);
    expect(JSON.stringify(result)).not.toContain('null');
  });

  test('tells a wrong answer from code that throws and from a check that breaks', async () => {
    const thrower = learnerOf({
      f: () => {
        throw new Error('mine');
      },
      g: () => 'text',
    });
    const result = await runTask(
      task(
        check('throws', async learner => ({...(await at(0)(learner, new Draw(''))), measured: Number(await learner.call('f'))})),
        check('text', async learner => ({...(await at(0)(learner, new Draw(''))), measured: expectNumber(await learner.call('g'), 'g')})),
        check('ours', () => Promise.reject(new TypeError('bug'))),
      ),
      thrower,
      's',
    );
    expect(result.checks.map(({verdict}) => verdict)).toEqual(['error', 'failed', 'infrastructure']);
    expect(result.checks[0]!.message).toBe('mine');
    expect(result.checks[1]!.message).toBe('Expected g to be a number, got a string');
  });

  test('keeps what was earned before the process was lost, but nothing that a liar earned', async () => {
    const lost = (verdict: 'timeout' | 'forged'): Task =>
      task(
        check('first', at(0)),
        check('second', () => Promise.reject(new TaskLost(verdict, 'gone'))),
        check('third', at(0)),
      );
    expect(await runTask(lost('timeout'), nobody, 's')).toMatchObject({
      points: 2,
      verdict: 'timeout',
      checks: [{verdict: 'passed'}, {verdict: 'timeout'}, {verdict: 'timeout'}],
    });
    expect(await runTask(lost('forged'), nobody, 's')).toMatchObject({points: 0, verdict: 'forged'});
  });

  test('refuses a task without checks', async () => {
    await expect(runTask(task(), nobody, 's')).rejects.toThrow('zero checks are never a pass');
  });

  test('draws the same inputs for the same seed, others for another check', async () => {
    const seen: number[] = [];
    const drawing = (name: string): Check => check(name, async (_, draw) => (seen.push(draw.uniform()), at(0)(nobody, draw)));
    await runTask(task(drawing('a'), drawing('b')), nobody, 's');
    await runTask(task(drawing('a')), nobody, 's');
    expect(seen[2]).toBe(seen[0]);
    expect(seen[1]).not.toBe(seen[0]);
  });
});

describe('LocalLearner', () => {
  const x: TensorData = {dtype: 'float32', shape: [2], data: Float32Array.of(1, 2)};

  test('hands tensors in and gets plain data out, and leaves no input tensor behind', async () => {
    const before = tf.memory().numTensors;
    expect(await learnerOf({f: (t: tf.Tensor) => [...t.dataSync()]}).call('f', x)).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('computes gradients with respect to the chosen arguments', async () => {
    const learner = learnerOf({f: (a: tf.Tensor, k: number) => a.square().mul(k)});
    const [gradient] = await learner.gradient('f', [x, 3], [0], {dtype: 'float32', shape: [2], data: Float32Array.of(1, 10)});
    expect([...gradient!.data]).toEqual([6, 120]);
  });

  test('makes instances and calls their methods', async () => {
    class Counter {
      constructor(private count: number) {}
      add(n: number): number {
        return (this.count += n);
      }
    }
    const counter = await learnerOf({Counter}).construct('Counter', 5);
    await counter.invoke('add', 2);
    expect(await counter.invoke('add', 3)).toBe(10);
  });

  test('says what to do where the name is missing', async () => {
    await expect(nobody.call('quantize')).rejects.toThrow('Expected `quantize` to be declared, found nothing of that name');
  });

  test('catches an answer that writes into its input or disposes it', async () => {
    const writes = learnerOf({f: (t: tf.Tensor) => void (t.dataSync()[0] = 9)});
    expect(await unchangedInputs(writes, 'f', x)).toMatchObject({measured: 1, threshold: 0});
    await expect(unchangedInputs(learnerOf({f: (t: tf.Tensor) => t.dispose()}), 'f', x)).rejects.toThrow('f disposes what it is given');
    expect(await unchangedInputs(learnerOf({f: (t: tf.Tensor) => t.abs()}), 'f', x)).toMatchObject({measured: 0});
    const layers = [{name: 'a', weights: x, skip: ['b']}];
    const renames = learnerOf({f: (given: {name: string}[]) => (given[0]!.name = 'c')});
    expect(await unchangedInputs(renames, 'f', layers)).toMatchObject({measured: 1});
    const adds = learnerOf({f: (given: {skip: string[]}[]) => given[0]!.skip.push('d')});
    expect(await unchangedInputs(adds, 'f', layers)).toMatchObject({measured: 1});
    expect(await unchangedInputs(learnerOf({f: () => 0}), 'f', layers)).toMatchObject({measured: 0});
    expect([...x.data]).toEqual([1, 2]);
  });

  test('catches an answer whose result is gone with its input, and passes a copy', async () => {
    const step = (given: (t: tf.Tensor) => tf.Tensor) => learnerOf({f: ([t]: tf.Tensor[]) => ({weights: [given(t!)], taken: false})});
    await expect(
      expectOwnTensors(
        step(t => t),
        'f',
        [x],
      ),
    ).rejects.toThrow('f returns a tensor that it was given');
    await expect(
      expectOwnTensors(
        step(t => t.clone()),
        'f',
        [x],
      ),
    ).resolves.toBeUndefined();
    const disposes = learnerOf({f: ([t]: tf.Tensor[]) => t!.dispose()});
    await expect(expectOwnTensors(disposes, 'f', [x])).rejects.toThrow('f disposes what it is given');
    const throws = learnerOf({f: () => tf.ones([2]).matMul(tf.ones([3]))});
    await expect(expectOwnTensors(throws, 'f', [x])).rejects.toThrow(LearnerThrew);
  });
});

describe('expectations', () => {
  const codes = (dtype: 'int32' | 'float32'): TensorData => ({
    dtype,
    shape: [2],
    data: dtype === 'int32' ? Int32Array.of(1, 2) : Float32Array.of(1, 2),
  });

  test('accept int32 tensors and bytes as codes, and refuse floats', () => {
    expect(Array.from(expectCodes(codes('int32'), {what: 'codes', shape: [2]}))).toEqual([1, 2]);
    expect(expectCodes(Int8Array.of(1, 2), {what: 'codes', shape: [2]}).length).toBe(2);
    expect(() => expectCodes(codes('float32'), {what: 'codes', shape: [2]})).toThrow(
      'Expected codes to be integers (dtype int32), got dtype float32',
    );
    expect(() => expectCodes(codes('int32'), {what: 'codes', shape: [1, 2]})).toThrow('Expected codes to have shape [1, 2], got [2]');
  });

  test('name the missing field, the missing return, NaN', () => {
    expect(() => expectRecord({codes: 1}, ['codes', 'scale'], 'it')).toThrow(
      'Expected it to be an object {codes, scale}, got one without `scale`',
    );
    expect(() => expectTensor(undefined, {what: 'it'})).toThrow('is a `return` missing?');
    expect(() => expectNumber(Number.NaN, 'it')).toThrow('division by zero');
  });
});

describe('in a notebook', () => {
  const lesson = {
    slug: '99-test',
    tasks: [
      {
        name: 'answerOfTest',
        title: 'Double <it>',
        timeoutMs: 1000,
        checks: [
          {
            name: 'doubles',
            points: 3,
            measure: async (learner: Learner, draw: Draw) => {
              const x = draw.uniform(1, 2);
              const measured = Math.abs(expectNumber(await learner.call('answerOfTest', x), 'it') - 2 * x);
              const picture = {title: 'Error', series: [{label: 'error', x: [0, 1], y: [0, measured], mark: 'line' as const}]};
              return {measured, comparison: '<=' as const, threshold: 0.5, unit: 'units', message: 'Two times.', picture};
            },
          },
        ],
      },
    ],
  };
  const shown = (value: object): Record<string, string> =>
    (value as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!();

  test('finds what cells declared, draws new inputs at each run, and keeps the progress', async () => {
    const {check, progress} = inNotebook(lesson, mkdtempSync(join(tmpdir(), 'snapgrid-progress-')));
    expect(shown(progress())['text/plain']).toContain('0 of 1 tasks done · 0 of 3 points');
    const missing = await check('answerOfTest');
    expect(missing.result.verdict).toBe('error');
    expect(shown(missing)['text/plain']).toContain('Open Hint 1');
    // What was shown stays as it was when it is drawn again.
    const again = await check('answerOfTest');
    expect(shown(again)['text/plain']).toContain('Open Hint 2');
    expect(shown(missing)['text/html']).toContain('Open Hint 1');
    const inputs: number[] = [];
    Object.assign(globalThis, {answerOfTest: (x: number) => (inputs.push(x), 2 * x)});
    const passed = await check('answerOfTest');
    expect(passed.result).toMatchObject({points: 3, verdict: 'passed'});
    await check('answerOfTest');
    expect(inputs[0]).not.toBe(inputs[1]);
    expect(shown(progress())['text/plain']).toContain('1 of 1 tasks done · 3 of 3 points');
    expect(shown(passed)['text/html']).toContain('<svg');
  });

  test('refuses a task that the lesson does not have', async () => {
    await expect(inNotebook(lesson).check('nothing')).rejects.toThrow('Expected one of the lesson\'s tasks answerOfTest, got "nothing"');
  });

  test('says verdicts by word and symbol, measured value, threshold and margin, and escapes what it shows', async () => {
    const result = await runTask(lesson.tasks[0]!, learnerOf({answerOfTest: (x: number) => 2 * x + 1}), 's');
    expect(taskText(result)).toBe(
      '✗ Double <it>: failed · 0 of 3 points\n  ✗ doubles (failed): measured 1 · threshold ≤ 0.5 · margin -0.5 units\n    Two times.',
    );
    expect(taskHtml(result)).toContain('✗ Double &#60;it&#62;: failed');
  });
});

test('a message that several checks share is shown by the first of them', async () => {
  const failing = (name: string, message: string): Task['checks'][number] => ({
    name,
    points: 1,
    measure: async () => ({measured: 1, comparison: '==', threshold: 0, unit: '', message}),
  });
  const task: Task = {
    name: 'f',
    title: 'f',
    timeoutMs: 1000,
    checks: [failing('a', 'Round.'), failing('b', 'Clamp.'), failing('c', 'Round.')],
  };
  const result = await runTask(task, learnerOf({}), 's');
  for (const report of [taskText(result), taskHtml(result)]) {
    expect(report.match(/Round\./g)).toHaveLength(1);
    expect(report).toMatch(/Clamp\.[^]*The same as above\./);
  }
});

test('an answer that is not written yet asks once, although it names other numbers in each check', async () => {
  const calling = (name: string, x: number): Task['checks'][number] => ({
    name,
    points: 1,
    measure: async learner => ({
      measured: Number(await learner.call('f', x)),
      comparison: '==',
      threshold: 0,
      unit: '',
      message: '',
    }),
  });
  const task: Task = {name: 'f', title: 'f', timeoutMs: 1000, checks: [calling('a', 4), calling('b', 8)]};
  const thrown = (text: (x: number) => string) => runTask(task, learnerOf({f: (x: number) => Promise.reject(new Error(text(x)))}), 's');
  const stub = await thrown(x => `f is not written yet. Which ${x} points? Hint 1 says.`);
  expect(stub.checks.map(({message}) => message)).toEqual(Array(2).fill('f is not written yet. Which 4 points? Hint 1 says.'));
  expect(taskText(stub)).toContain('○ b');
  const bug = await thrown(x => `f stopped at ${x}.`);
  expect(bug.checks.map(({message}) => message)).toEqual(['f stopped at 4.', 'f stopped at 8.']);
});

test('an answer that does nothing gets no points for doing no harm', async () => {
  const task: Task = {
    name: 'f',
    title: 'f',
    timeoutMs: 1000,
    checks: [
      {
        name: 'is right',
        points: 2,
        measure: async learner => ({measured: Number(await learner.call('f', 1)), comparison: '==', threshold: 2, unit: '', message: 'no'}),
      },
      {name: 'does no harm', points: 1, measure: learner => unchangedInputs(learner, 'f', 1)},
    ],
  };
  expect(await runTask(task, learnerOf({f: () => 0}), 's')).toMatchObject({points: 0, verdict: 'failed'});
  expect(await runTask(task, learnerOf({f: (x: number) => 2 * x}), 's')).toMatchObject({points: 3, verdict: 'passed'});
});
