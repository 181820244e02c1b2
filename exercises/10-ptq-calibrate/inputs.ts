import {type DenseWeights, digitsMlp, disguise} from '../../data/digits-mlp.ts';
import {digits, type Digits} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** What a check of quantizeModel or correctBias hands in, and what it keeps. */
export interface Case {
  readonly model: readonly DenseWeights[];
  readonly calibration: readonly TensorData[];
  readonly test: Digits;
  /** Never handed in. */
  readonly hidden: Digits;
}

/** How many images a case has: drawing them is most of what a check costs. */
export interface CaseSize {
  /** In each of the four batches. */
  readonly calibration?: number;
  readonly test?: number;
  readonly hidden?: number;
}

/** A network in a disguise of its own, and digits for it: four batches for calibration, a test set, a hidden set. */
export function drawCase(draw: Draw, {calibration = 20, test = 10, hidden = 0}: CaseSize): Case {
  const {model, rename} = disguise(digitsMlp(), draw.for('disguise'));
  const seed = draw.for('digits').seed;
  return {
    model,
    calibration: [0, 1, 2, 3].map(i => digits(calibration, `${seed}/calibration${i}`).images),
    test: rename(digits(test, `${seed}/test`)),
    hidden: rename(digits(hidden, `${seed}/hidden`)),
  };
}

/**
 * The same case with a broken sensor: in one image of each batch the pixel in the corner, which the network ignores, is `value` bright.
 * Far fewer than one value in a thousand, and no layer but the first sees them.
 */
export function withBrokenPixel(given: Case, value: number): Case {
  const [first, ...rest] = given.model;
  const kernel = Float32Array.from(first!.kernel.data);
  kernel.fill(0, 0, first!.bias.data.length);
  const calibration = given.calibration.map(({shape, data}) => {
    const broken = Float32Array.from(data);
    broken[0] = value;
    return {dtype: 'float32', shape, data: broken} as const;
  });
  return {...given, model: [{...first!, kernel: {...first!.kernel, data: kernel}}, ...rest], calibration};
}

/** Images whose pixels are `factor` times as bright. */
export function brighter({images, labels}: Digits, factor: number): Digits {
  return {images: {...images, data: (images.data as Float32Array).map(value => value * factor)}, labels};
}

/** As the learner gets it: labels are a tensor. */
export function asData({calibration, test}: Pick<Case, 'calibration' | 'test'>) {
  return {
    calibration,
    test: test.images,
    labels: {dtype: 'int32', shape: [test.labels.length], data: test.labels} as TensorData,
  };
}
