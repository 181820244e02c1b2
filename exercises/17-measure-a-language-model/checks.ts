import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {meanNll} from './mean-nll.checks.ts';
import {perplexity} from './perplexity.checks.ts';
import {rankModels} from './rank-models.checks.ts';

export const lesson: Lesson = {
  slug: '17-measure-a-language-model',
  tasks: [meanNll, perplexity, rankModels],
};

export const {check, progress} = inNotebook(lesson);
