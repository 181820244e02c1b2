import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {dequantize} from './dequantize.checks.ts';
import {errors} from './errors.checks.ts';
import {quantizeInt8} from './quantize-int8.checks.ts';
import {relativeOutputError} from './relative-output-error.checks.ts';

export const lesson: Lesson = {
  slug: '04-int8-from-scratch',
  tasks: [quantizeInt8, dequantize, errors, relativeOutputError],
};

export const {check, progress} = inNotebook(lesson);
