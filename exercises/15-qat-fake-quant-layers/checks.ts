import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {fakeQuantize} from './fake-quantize.checks.ts';
import {fakeQuant} from './fake-quant.checks.ts';
import {fakeQuantDense} from './fake-quant-dense.checks.ts';
import {trainQat} from './train-qat.checks.ts';

export const lesson: Lesson = {
  slug: '15-qat-fake-quant-layers',
  tasks: [fakeQuantize, fakeQuant, fakeQuantDense, trainQat],
};

export const {check, progress} = inNotebook(lesson);
