import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {digitsMlp} from '../../data/digits-mlp.ts';
import {solvedLesson} from '../../test/solved-lesson.ts';
import {cell} from '../demo/hostile.ts';
import {type GradedLesson, loadGradedLesson} from '../lesson.ts';
import type {SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, TestClass} from './class.ts';

const missing = await missingSandbox();
const slug = '15-qat-fake-quant-layers';

/** Ships `model` (the one that was handed in where none is given) at its bits without any training, changed by `change`. */
const ships = (change: string, model = 'given'): string => `
async function trainQat(given: any[], images: any, labels: any, {bits, ranges}: any) {
  const half = 2 ** (bits - 1);
  const model = ${model};
  const shipped = model.map(({kernel, bias}, i) => {
    const [inputs, outputs] = kernel.shape;
    const scale = tf.div(tf.max(tf.abs(kernel), 0), half - 0.5);
    const codes = tf.cast(tf.clipByValue(tf.round(tf.div(kernel, scale)), -half, half - 1), 'int32');
    return {codes, scale, zeroPoint: tf.zeros([outputs], 'int32'), bias, input: i === 0 ? null : {scale: ranges[i - 1] / (2 ** bits - 1), zeroPoint: 0}};
  });
  ${change}
  return shipped;
}`;

/** The trained weights that ship with the course: what somebody could have taken home. */
const stored = JSON.stringify(
  digitsMlp().map(({kernel, bias}) => ({
    kernel: [kernel.shape, [...kernel.data].map(v => Number(v.toPrecision(3)))],
    bias: [...bias.data].map(v => Number(v.toPrecision(3))),
  })),
);

const cheats: Record<string, {readonly source: string; readonly message: RegExp}> = {
  'a scale for every weight, in which the weights themselves are hidden': {
    source: ships(
      'for (const [i, layer] of shipped.entries()) { layer.codes = tf.onesLike(layer.codes); layer.scale = tf.abs(model[i].kernel).add(1e-9); }',
    ),
    message: /Expected the scale of layer 0 to have shape \[64\], got \[256, 64\]/,
  },
  'weights hidden in a bias': {
    source: ships('for (const [i, layer] of shipped.entries()) layer.bias = tf.concat([layer.bias, model[i].kernel.flatten()]);'),
    message: /Expected the bias of layer 0 to have shape \[64\]/,
  },
  'weights hidden in a field of its own': {
    source: ships('for (const [i, layer] of shipped.entries()) layer.kernel = model[i].kernel;'),
    message: /codes, scale, zeroPoint, bias, input and nothing else/,
  },
  'weights hidden in a codebook of its own': {
    source: ships('for (const [i, layer] of shipped.entries()) layer.codebook = tf.unique(model[i].kernel.flatten()).values;'),
    message: /codes, scale, zeroPoint, bias, input and nothing else/,
  },
  'codes of 16 bits': {
    source: ships(
      'for (const [i, layer] of shipped.entries()) { layer.scale = tf.div(tf.max(tf.abs(model[i].kernel), 0), 32767); layer.codes = tf.cast(tf.round(tf.div(model[i].kernel, layer.scale)), "int32"); }',
    ),
    message: /codes/,
  },
  'memorized weights': {
    source: ships('', `${stored}.map(({kernel, bias}) => ({kernel: tf.tensor(kernel[1], kernel[0]), bias: tf.tensor1d(bias)}))`),
    message: /does not read hidden digits as it should/,
  },
  'a sabotaged baseline': {
    source: ships(`
      for (const {kernel, bias} of given) { kernel.dataSync().fill(0); bias.dataSync().fill(0); }
      ranges.fill(1e-9); labels.dataSync().fill(0); images.dataSync().fill(0);`),
    message: /does not read hidden digits as it should/,
  },
};

describe.skipIf(missing)('a returned model', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    const whole = await loadGradedLesson(slug);
    const solved = solvedLesson(slug);
    const names = Object.keys(cheats);
    // Only the last task returns a model, and only its answers are wanted: not the notebook's demonstrations.
    const last = whole.lesson.tasks.at(-1)!;
    const lesson: GradedLesson = {...whole, lesson: {...whole.lesson, tasks: [last]}};
    const first = solved.cells.find(({source}) => source.join('').includes("from '@tensorflow/tfjs-node-gpu'"))!;
    const answer = {...solved, cells: [first, ...solved.cells.filter(({id}) => id === 'task-trainQat')]};
    all = await TestClass.make(Object.fromEntries(names.map((name, i) => [`cheat${i}`, cell(answer, 'trainQat', cheats[name]!.source)])));
    results = byLearner((await all.grade({lesson})).results);
  }, 600_000);

  afterAll(() => all.remove());

  const cases = Object.entries(cheats).map(([name, {message}], i) => ({name, message, i}));
  it.each(cases)('with $name gets no point for its accuracy at 2 bits', ({message, i}) => {
    const [task] = results.get(`cheat${i}`)!.tasks;
    const [accuracy] = task!.checks.filter(({name}) => name.startsWith('at 2 bits'));
    expect(`${accuracy!.verdict}: ${accuracy!.message}`).toMatch(message);
    expect(accuracy!.points).toBe(0);
  });
});

describe.skipIf(missing)('where the weights that are given are to be quantized', () => {
  const ptq = '10-ptq-calibrate';
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    const whole = await loadGradedLesson(ptq);
    const lesson: GradedLesson = {
      ...whole,
      lesson: {...whole.lesson, tasks: whole.lesson.tasks.filter(({name}) => name === 'quantizeModel')},
    };
    const solved = solvedLesson(ptq);
    const tasks = solved.cells.filter(({id}) => id.startsWith('task-'));
    const first = solved.cells.find(({source}) => source.join('').includes("from '@tensorflow/tfjs-node-gpu'"))!;
    const honest = {...solved, cells: [first, ...tasks]};
    const own = tasks.find(({id}) => id === 'task-quantizeModel')!.source.join('');
    // The right way, on weights that somebody took home.
    const atHome = `${own.replace('function quantizeModel(', 'function rightly(')}
const quantizeModel = (given: any, data: any, options: any) =>
  rightly(${stored}.map(({kernel, bias}) => ({kernel: tf.tensor(kernel[1], kernel[0]), bias: tf.tensor1d(bias)})) as any, data, options);`;
    all = await TestClass.make({honest, stored: cell(honest, 'quantizeModel', atHome)});
    results = byLearner((await all.grade({lesson})).results);
  }, 300_000);

  afterAll(() => all.remove());

  it('the right answer passes, and stored weights are neither near the given ones nor read hidden digits', () => {
    const checks = (learner: string): Map<string, string> =>
      new Map(results.get(learner)!.tasks[0]!.checks.map(({name, verdict}) => [name, verdict]));
    expect([...new Set(checks('honest').values())]).toEqual(['passed']);
    expect(checks('stored').get('weights go to the nearest code, a scale for each column')).toBe('failed');
    expect(checks('stored').get('at 8 bits it reads hidden digits as well as in float')).toBe('failed');
  });
});
