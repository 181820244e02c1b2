import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {llmInt8Matmul} from './llm-int8-matmul.checks.ts';
import {quantizePerChannel} from './quantize-per-channel.checks.ts';
import {quantizePerGroup} from './quantize-per-group.checks.ts';

export const lesson: Lesson = {
  slug: '06-one-outlier-ruins-it',
  tasks: [quantizePerChannel, quantizePerGroup, llmInt8Matmul],
};

export const {check, progress} = inNotebook(lesson);
