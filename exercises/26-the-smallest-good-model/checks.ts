import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {compress} from './compress.checks.ts';
import {packBits} from './pack-bits.checks.ts';
import {ternarize} from './ternarize.checks.ts';

export const lesson: Lesson = {
  slug: '26-the-smallest-good-model',
  tasks: [packBits, ternarize, compress],
};

export const {check, progress} = inNotebook(lesson);
