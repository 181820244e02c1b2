import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {chooseQParams} from './choose-qparams.checks.ts';
import {dequantize} from './dequantize.checks.ts';
import {quantize} from './quantize.checks.ts';
import {wastedBits} from './wasted-bits.checks.ts';

export const lesson: Lesson = {
  slug: '05-symmetric-or-asymmetric',
  tasks: [chooseQParams, quantize, dequantize, wastedBits],
};

export const {check, progress} = inNotebook(lesson);
