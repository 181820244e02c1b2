import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {quantizedConv} from './quantized-conv.checks.ts';
import {quantizedLinear} from './quantized-linear.checks.ts';
import {requantize} from './requantize.checks.ts';
import {toFixedPoint} from './to-fixed-point.checks.ts';

export const lesson: Lesson = {
  slug: '11-integers-only',
  tasks: [toFixedPoint, requantize, quantizedLinear, quantizedConv],
};

export const {check, progress} = inNotebook(lesson);
