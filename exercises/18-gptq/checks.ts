import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {dampedHessian} from './damped-hessian.checks.ts';
import {gptq} from './gptq.checks.ts';
import {quantizeColumns} from './quantize-columns.checks.ts';

export const lesson: Lesson = {
  slug: '18-gptq',
  tasks: [dampedHessian, quantizeColumns, gptq],
};

export const {check, progress} = inNotebook(lesson);
