import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {doubleQuantize} from './double-quantize.checks.ts';
import {normalFloat} from './normal-float.checks.ts';
import {quantizeNf4} from './quantize-nf4.checks.ts';
import {trainLora} from './train-lora.checks.ts';

export const lesson: Lesson = {
  slug: '20-nf4-qlora',
  tasks: [normalFloat, quantizeNf4, doubleQuantize, trainLora],
};

export const {check, progress} = inNotebook(lesson);
