import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {bytesOf} from './bytes-of.checks.ts';
import {pack} from './pack.checks.ts';
import {quantizeGroups} from './quantize-groups.checks.ts';
import {unpack} from './unpack.checks.ts';

export const lesson: Lesson = {
  slug: '07-four-bits-two-bits',
  tasks: [pack, unpack, quantizeGroups, bytesOf],
};

export const {check, progress} = inNotebook(lesson);
