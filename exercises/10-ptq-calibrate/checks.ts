import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {chooseRange} from './choose-range.checks.ts';
import {correctBias} from './correct-bias.checks.ts';
import {foldBatchNorm} from './fold-batch-norm.checks.ts';
import {quantizeModel} from './quantize-model.checks.ts';

export const lesson: Lesson = {
  slug: '10-ptq-calibrate',
  tasks: [chooseRange, foldBatchNorm, quantizeModel, correctBias],
};

export const {check, progress} = inNotebook(lesson);
