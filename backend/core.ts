import type * as core from '@tensorflow/tfjs-core';
import {createRequire} from 'node:module';
import {withCodeCache} from './code-cache.ts';

/**
 * The tensors' core, loaded as CommonJS: an `import` of it makes Node search a megabyte of code for the names that it exports,
 * which takes longer than running that code.
 */
export const tf = withCodeCache(() => createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof core);

/** Its types under the same name, as an `import * as tf` gives them. */
export declare namespace tf {
  type Tensor<R extends core.Rank = core.Rank> = core.Tensor<R>;
  type TensorContainer = core.TensorContainer;
  type Variable<R extends core.Rank = core.Rank> = core.Variable<R>;
}
