import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {awq} from './awq.checks.ts';
import {foldScales} from './fold-scales.checks.ts';
import {hadamardRotate} from './hadamard-rotate.checks.ts';
import {smoothingScales} from './smoothing-scales.checks.ts';

export const lesson: Lesson = {
  slug: '19-awq-smoothquant-rotation',
  tasks: [foldScales, awq, smoothingScales, hadamardRotate],
};

export const {check, progress} = inNotebook(lesson);
