import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {act} from './act.checks.ts';
import {packPolicy} from './pack-policy.checks.ts';
import {quantizeLayer} from './quantize-layer.checks.ts';
import {settle} from './settle.checks.ts';

export const lesson: Lesson = {
  slug: '24-reinforcement-learning',
  tasks: [quantizeLayer, act, settle, packPolicy],
};

export const {check, progress} = inNotebook(lesson);
