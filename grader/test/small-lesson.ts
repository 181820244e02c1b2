import {WrongAnswer, type Check, type Lesson} from '../../checking/types.ts';
import {expectCodes, expectNumber} from '../../checking/expect.ts';
import type {Notebook, NotebookCell} from '../../exercises/build/index.ts';
import type {GradedLesson} from '../lesson.ts';

/** A lesson of two tasks, 2 and 3 points, small enough to be checked by hand. */
export const smallLesson: Lesson = {
  slug: '98-small',
  tasks: [
    {
      name: 'chooseScale',
      title: 'Choose the scale',
      timeoutMs: 5000,
      checks: [scaleCheck('the largest value gets the code 127', 3, 1), scaleCheck('the scale holds for large tensors', 1000, 1)],
    },
    {
      name: 'quantizeInt8',
      title: 'Quantize',
      timeoutMs: 5000,
      checks: [codesCheck('codes are the nearest grid points', 16, 2), codesCheck('large tensors too', 1000, 1)],
    },
  ],
};

/** As it is after its author found that the first task's checks were too hard. */
export const easierLesson: Lesson = {
  ...smallLesson,
  tasks: smallLesson.tasks.map(task => (task.name === 'chooseScale' ? {...task, checks: task.checks.map(passedByAll)} : task)),
};

/** It allows Node's own modules, so that attacks meet the sandbox's walls and not the import policy before them. */
export const gradedSmallLesson: GradedLesson = {
  lesson: smallLesson,
  title: 'A small lesson',
  version: 1,
  codeHash: '',
  imports: ['node:*'],
  backend: 'cpu',
  budgetSeconds: 10,
  memoryMiB: 512,
  written: [],
};

function passedByAll(check: Check): Check {
  return {...check, measure: async () => ({measured: 0, comparison: '==', threshold: 0, unit: '', message: ''})};
}

function scaleCheck(name: string, length: number, points: number): Check {
  return {
    name,
    points,
    measure: async (learner, draw) => {
      const x = draw.tensor([length]);
      const scale = expectNumber(await learner.call('chooseScale', x), 'the scale');
      const expected = Math.max(...x.data.map(Math.abs)) / 127;
      return {
        measured: Math.abs(scale / expected - 1),
        comparison: '<=',
        threshold: 1e-5,
        unit: '× scale',
        message: 'Is it the largest absolute value that is divided by 127?',
      };
    },
  };
}

function codesCheck(name: string, length: number, points: number): Check {
  return {
    name,
    points,
    measure: async (learner, draw) => {
      const scale = draw.uniform(0.01, 0.02);
      const x = draw.tensor([length]);
      const codes = expectCodes(await learner.call('quantizeInt8', x, scale), {what: 'the codes', shape: [length]});
      let wrong = 0;
      for (let i = 0; i < length; i++) {
        const code = codes[i];
        if (code === undefined) throw new WrongAnswer('Expected a code per value');
        const ideal = Math.min(127, Math.max(-127, x.data[i]! / scale));
        if (Math.abs(code - ideal) > 0.5 + 1e-4) wrong++;
      }
      return {
        measured: wrong,
        comparison: '==',
        threshold: 0,
        unit: 'codes',
        message: 'Some codes are not the nearest: is it rounded, then clipped?',
      };
    },
  };
}

export const smallSolved: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: {name: 'snapgrid', display_name: 'TypeScript (snapgrid)', language: 'typescript'},
    snapgrid: {lesson: smallLesson.slug, version: 1},
  },
  cells: [
    code('setup', {}, "import * as tf from '@tensorflow/tfjs-node-gpu';\nimport {check} from 'snapgrid/exercises/98-small';"),
    code(
      'chooseScale',
      {task: 'chooseScale'},
      'function chooseScale(x: tf.Tensor): number {\n  return x.abs().max().dataSync()[0]! / 127;\n}\nconsole.log(chooseScale(tf.tensor1d([1, -127])));',
    ),
    code('check-chooseScale', {check: 'chooseScale'}, "await check('chooseScale')"),
    code(
      'quantizeInt8',
      {task: 'quantizeInt8'},
      'const quantizeInt8 = (x: tf.Tensor, scale: number) => x.div(scale).round().clipByValue(-127, 127).toInt();',
    ),
    code('check-quantizeInt8', {check: 'quantizeInt8'}, "await check('quantizeInt8')"),
  ],
};

export function code(id: string, snapgrid: Record<string, string>, source: string): NotebookCell {
  return {cell_type: 'code', id, metadata: {snapgrid}, source: [source], execution_count: null, outputs: []};
}
