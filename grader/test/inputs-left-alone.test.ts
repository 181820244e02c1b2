import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {expectOwnTensors, unchangedInputs} from '../../checking/index.ts';
import type {Lesson} from '../../checking/index.ts';
import type {Notebook} from '../../exercises/build/index.ts';
import type {SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, TestClass} from './class.ts';
import {code, gradedSmallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

const lesson: Lesson = {
  slug: gradedSmallLesson.lesson.slug,
  tasks: [
    {
      name: 'step',
      title: 'One step',
      timeoutMs: 5000,
      checks: [
        {
          name: 'the weights are left as they were',
          points: 1,
          async measure(learner, draw) {
            const weights = [draw.tensor([3]), draw.tensor([2, 2])];
            await expectOwnTensors(learner, 'step', weights);
            const {guard: _, ...measurement} = await unchangedInputs(learner, 'step', weights);
            return measurement;
          },
        },
      ],
    },
  ],
};

const step = (weights: string): Notebook => ({
  ...smallSolved,
  cells: [
    smallSolved.cells[0]!,
    code('step', {task: 'step'}, `const step = (w: tf.Tensor[]) => ({weights: ${weights}, note: {taken: false}});`),
  ],
});

describe.skipIf(missing)('what an answer does to the tensors that it is given', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    all = await TestClass.make({
      copies: step('w.map(t => t.clone())'),
      same: step('[...w]'),
      writes: step('w.map(t => { t.dataSync()[0] = 9; return t.clone(); })'),
      disposes: step('w.map(t => { const copy = t.clone(); t.dispose(); return copy; })'),
    });
    results = byLearner((await all.grade({lesson: {...gradedSmallLesson, lesson}})).results);
  }, 120_000);
  afterAll(() => all.remove());

  it.each([
    ['copies', /^$/],
    ['same', /step returns a tensor that it was given, not one of its own/],
    ['writes', /step changes what it is given/],
    ['disposes', /step disposes what it is given/],
  ])('%s', (learner, message) => {
    const [check] = results.get(learner)!.tasks[0]!.checks;
    expect(check!.message).toMatch(message);
    expect(check!.verdict).toBe(learner === 'copies' ? 'passed' : 'failed');
  });
});
