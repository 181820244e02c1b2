import type {Tensor} from '@tensorflow/tfjs-core';

/** (x − min) / (max − min): from 0 to 1, float32, in the shape of x; zeros where all values are equal. */
export type Normalize = (x: Tensor) => Tensor;
