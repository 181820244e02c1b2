import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {quantizeKeys} from './quantize-keys.checks.ts';
import {quantizeValues} from './quantize-values.checks.ts';
import {quantizedCache} from './quantized-cache.checks.ts';

export const lesson: Lesson = {
  slug: '23-kv-cache',
  tasks: [quantizeKeys, quantizeValues, quantizedCache],
};

export const {check, progress} = inNotebook(lesson);
