import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {fineTuneCentroids} from './fine-tune-centroids.checks.ts';
import {kmeansQuantize} from './kmeans-quantize.checks.ts';
import {storeClustered} from './store-clustered.checks.ts';

export const lesson: Lesson = {
  slug: '08-codebooks-k-means',
  tasks: [kmeansQuantize, storeClustered, fineTuneCentroids],
};

export const {check, progress} = inNotebook(lesson);
