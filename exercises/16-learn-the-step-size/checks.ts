import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {initialStep} from './initial-step.checks.ts';
import {learnSteps} from './learn-steps.checks.ts';
import {lsqQuantize} from './lsq-quantize.checks.ts';

export const lesson: Lesson = {
  slug: '16-learn-the-step-size',
  tasks: [lsqQuantize, initialStep, learnSteps],
};

export const {check, progress} = inNotebook(lesson);
