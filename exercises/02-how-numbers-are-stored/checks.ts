import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {decodeFloat} from './decode-float.checks.ts';
import {roundTo} from './round-to.checks.ts';
import {splitFloat} from './split-float.checks.ts';

export const lesson: Lesson = {
  slug: '02-how-numbers-are-stored',
  tasks: [splitFloat, decodeFloat, roundTo],
};

export const {check, progress} = inNotebook(lesson);
