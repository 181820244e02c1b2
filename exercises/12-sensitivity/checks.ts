import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {allocateBits} from './allocate-bits.checks.ts';
import {mixedBits} from './mixed-bits.checks.ts';
import {scanLayers} from './scan-layers.checks.ts';

export const lesson: Lesson = {
  slug: '12-sensitivity',
  tasks: [scanLayers, allocateBits, mixedBits],
};

export const {check, progress} = inNotebook(lesson);
