import {type Check, expectCodes, expectNumber, expectRecord, expectTensor, type Learner, maxAbsError} from '../checking/index.ts';
import type {Notebook, NotebookCell} from '../exercises/build/index.ts';
import type {GradedLesson} from '../grader/lesson.ts';
import type {TensorData} from '../session/wire/plain.ts';

/** nbgrader_course.py's assignment in TypeScript: three tasks of lesson 04 with one check each, 2 + 1 + 2 points. */
export const threeChecks: GradedLesson = {
  lesson: {
    slug: '97-three-checks',
    tasks: [
      {name: 'quantizeInt8', title: 'Quantize', timeoutMs: 10_000, checks: [codesCheck()]},
      {name: 'dequantize', title: 'Restore', timeoutMs: 10_000, checks: [roundTripCheck()]},
      {name: 'relativeOutputError', title: 'Measure', timeoutMs: 10_000, checks: [outputErrorCheck()]},
    ],
  },
  title: 'Three checks',
  version: 1,
  codeHash: '',
  imports: ['@tensorflow/tfjs*'],
  backend: 'cpu',
  budgetSeconds: 60,
  memoryMiB: 1024,
  written: [],
};

async function quantized(learner: Learner, x: TensorData): Promise<{codes: TensorData; scale: number}> {
  const answer = expectRecord(await learner.call('quantizeInt8', x), ['codes', 'scale'], 'the result');
  const codes = Int32Array.from(expectCodes(answer.codes, {what: 'codes', shape: x.shape}));
  return {codes: {dtype: 'int32', shape: x.shape, data: codes}, scale: expectNumber(answer.scale, 'scale')};
}

function codesCheck(): Check {
  return {
    name: 'codes are the nearest grid points',
    points: 2,
    async measure(learner, draw) {
      const x = draw.tensor([64, 64]);
      const {codes, scale} = await quantized(learner, x);
      const steps = Float64Array.from(x.data, value => value / scale);
      const measured = maxAbsError(steps, codes.data);
      return {measured, comparison: '<=', threshold: 0.501, unit: 'steps', message: 'A code is not the nearest.'};
    },
  };
}

function roundTripCheck(): Check {
  return {
    name: 'a round trip errs by half a step at most',
    points: 1,
    async measure(learner, draw) {
      const x = draw.tensor([1000]);
      const {codes, scale} = await quantized(learner, x);
      const restored = expectTensor(await learner.call('dequantize', codes, scale), {what: 'the restored tensor', shape: x.shape});
      const measured = maxAbsError(x.data, restored.data) / scale;
      return {measured, comparison: '<=', threshold: 0.501, unit: 'steps', message: 'A value is further away.'};
    },
  };
}

function outputErrorCheck(): Check {
  return {
    name: 'it agrees on a 512×512 layer',
    points: 2,
    async measure(learner, draw) {
      const weights = draw.tensor([512, 512], d => d.uniform(-0.05, 0.05));
      const error = expectNumber(await learner.call('relativeOutputError', weights, draw.tensor([4, 512])), 'the error');
      return {measured: Math.abs(error - 0.004), comparison: '<=', threshold: 0.001, unit: '', message: 'It is not the error.'};
    },
  };
}

const answer = (restored: string) => `function quantizeInt8(x: tf.Tensor): {codes: tf.Tensor; scale: number} {
  const scale = x.abs().max().dataSync()[0]! / 127 || 1;
  return {codes: x.div(scale).round().toInt(), scale};
}

function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return ${restored};
}

function relativeOutputError(weights: tf.Tensor2D, x: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const {codes, scale} = quantizeInt8(weights);
  return exact.sub(x.matMul(dequantize(codes, scale) as tf.Tensor2D)).norm().div(exact.norm()).dataSync()[0]!;
}
`;

/** A submission; where wrong, `dequantize` divides, which costs two of the tasks. */
export function threeChecksNotebook(student: number, wrong: boolean): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {name: 'snapgrid', display_name: 'TypeScript (snapgrid)', language: 'typescript'},
      snapgrid: {lesson: threeChecks.lesson.slug, version: 1},
    },
    cells: [
      code('setup', "import * as tf from '@tensorflow/tfjs-node-gpu';\nimport {check} from 'snapgrid/exercises/97-three-checks';"),
      code('answer', `// student ${student}\n${answer(wrong ? 'codes.toFloat().div(scale)' : 'codes.toFloat().mul(scale)')}`),
      ...threeChecks.lesson.tasks.map(({name}) => code(`check-${name}`, `await check('${name}')`)),
    ],
  };
}

function code(id: string, source: string): NotebookCell {
  return {cell_type: 'code', id, metadata: {}, source: [source], execution_count: null, outputs: []};
}
