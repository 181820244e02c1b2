import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {dequantizeQ4_K} from './dequantize-q4-k.checks.ts';
import {quantizeQ4_0} from './quantize-q4-0.checks.ts';
import {quantizeQ8_0} from './quantize-q8-0.checks.ts';
import {writeGguf} from './write-gguf.checks.ts';

export {inLlamaCpp, inQ4_K} from './llama-cpp.ts';

export const lesson: Lesson = {
  slug: '21-gguf-runs-in-llama-cpp',
  tasks: [quantizeQ8_0, quantizeQ4_0, writeGguf, dequantizeQ4_K],
};

export const {check, progress} = inNotebook(lesson);
