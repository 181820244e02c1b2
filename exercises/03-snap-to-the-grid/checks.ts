import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {averageError} from './average-error.checks.ts';
import {compression} from './compression.checks.ts';
import {levels} from './levels.checks.ts';
import {quantizeToBits} from './quantize-to-bits.checks.ts';

export {explorer} from './explorer.ts';

export const lesson: Lesson = {
  slug: '03-snap-to-the-grid',
  tasks: [levels, quantizeToBits, compression, averageError],
};

export const {check, progress} = inNotebook(lesson);
