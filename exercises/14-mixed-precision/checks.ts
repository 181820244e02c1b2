import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {applyGradients} from './apply-gradients.checks.ts';
import {chooseScale} from './choose-scale.checks.ts';
import {lossScaler} from './loss-scaler.checks.ts';
import {trainMixed} from './train-mixed.checks.ts';

export const lesson: Lesson = {
  slug: '14-mixed-precision',
  tasks: [chooseScale, applyGradients, lossScaler, trainMixed],
};

export const {check, progress} = inNotebook(lesson);
