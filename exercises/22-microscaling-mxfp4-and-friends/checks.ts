import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {dequantizeMxfp4} from './dequantize-mxfp4.checks.ts';
import {encodeE2M1} from './encode-e2m1.checks.ts';
import {quantizeMxfp4} from './quantize-mxfp4.checks.ts';
import {quantizeNvfp4} from './quantize-nvfp4.checks.ts';

export const lesson: Lesson = {
  slug: '22-microscaling-mxfp4-and-friends',
  tasks: [encodeE2M1, quantizeMxfp4, dequantizeMxfp4, quantizeNvfp4],
};

export const {check, progress} = inNotebook(lesson);
