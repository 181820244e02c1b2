import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {chooseCheapest} from './choose-cheapest.checks.ts';
import {fits} from './fits.checks.ts';
import {largestBatch} from './largest-batch.checks.ts';
import {tokensPerSecond} from './tokens-per-second.checks.ts';

export {chooser} from './chooser.ts';
export {planner} from './planner.ts';

export const lesson: Lesson = {
  slug: '25-serving-plan',
  tasks: [fits, tokensPerSecond, largestBatch, chooseCheapest],
};

export const {check, progress} = inNotebook(lesson);
