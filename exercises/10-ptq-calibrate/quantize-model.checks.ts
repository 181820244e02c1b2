import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {asData, brighter, type Case, drawCase, withBrokenPixel} from './inputs.ts';
import type {PtqOptions} from './interface.ts';
import {accuracyOf, inputRanges, type PlainLayer, referenceLayers, restored, runFloat, runQuantized} from './network.ts';
import {expectLayers} from './returned-layers.ts';

export const quantizeModel: Task = {
  name: 'quantizeModel',
  title: 'Quantize the whole network',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'at 8 bits it reads hidden digits as well as in float',
      points: 2,
      async measure(learner, draw) {
        const given = drawCase(draw, {hidden: 300});
        const {layers} = await answer(learner, given, {weightBits: 8, activationBits: 8, method: 'minMax'});
        const float = accuracyOf(runFloat(given.model, given.hidden.images), given.hidden);
        return {
          measured: float - accuracyOf(runQuantized(layers, given.hidden.images), given.hidden),
          comparison: '<=',
          threshold: 1,
          unit: 'points of accuracy lost',
          message:
            'On digits that nobody has seen, the quantized network is worse than the float one by more than a point. Which layer drifts first? Compare what flows into each layer in both.',
        };
      },
    },
    {
      name: 'at 8 bits its scores are close to the float ones',
      points: 1,
      async measure(learner, draw) {
        const given = drawCase(draw, {hidden: 40});
        const {layers} = await answer(learner, given, {weightBits: 8, activationBits: 8, method: 'minMax'});
        const {images} = given.hidden;
        return {
          measured: relativeError(runFloat(given.model, images).sums.at(-1)!, runQuantized(layers, images).sums.at(-1)!),
          comparison: '<=',
          threshold: 0.07,
          unit: 'relative error of the scores',
          message:
            'At 8 bits the scores on hidden digits should differ by a percent or two from the float ones. Is the bias still there, as it was? Is every layer’s grid its own?',
        };
      },
    },
    {
      name: 'weights go to the nearest code, a scale for each column',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const weightBits of [8, 4]) {
          const given = drawCase(draw.for(`${weightBits} bits`), {calibration: 5});
          const {layers} = await answer(learner, given, {weightBits, activationBits: 8, method: 'minMax'});
          const reference = referenceLayers(given.model, inputRanges(given.model, given.calibration), weightBits, 8);
          given.model.forEach(({kernel}, i) => {
            const ours = relativeError(kernel.data, restored(reference[i]!));
            worst = Math.max(worst, relativeError(kernel.data, restored(layers[i]!)) / ours);
          });
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1.2,
          unit: '× the error of the nearest codes',
          message:
            'The restored weights are further from the float ones than they need be. Each column has its own scale, from its own largest magnitude; codes are rounded, not cut; the bits decide the number of steps.',
        };
      },
    },
    {
      name: 'the grids come from the calibration images',
      points: 2,
      async measure(learner, draw) {
        // The test images are much brighter: a range that has seen them is too wide.
        const drawn = drawCase(draw, {test: 20});
        const given = {...drawn, test: brighter(drawn.test, draw.uniform(2.5, 3.5))};
        const {layers} = await answer(learner, given, {weightBits: 8, activationBits: 8, method: 'minMax'});
        const ranges = inputRanges(given.model, given.calibration);
        const reference = referenceLayers(given.model, ranges, 8, 8);
        const tops = (all: readonly PlainLayer[]): number[] => all.map(({input}) => input.scale * (2 ** input.bits - 1 - input.zeroPoint));
        const wanted = tops(reference);
        return {
          measured: Math.max(...tops(layers).map((top, i) => Math.abs(top / wanted[i]! - 1))),
          comparison: '<=',
          threshold: 0.1,
          unit: 'relative deviation of a grid’s end',
          message:
            'A grid does not end where the calibration images end. Each layer needs the range of what flows into it, over all calibration batches, and of nothing else: a range that has seen the test images makes the test worthless.',
        };
      },
    },
    {
      name: 'percentile saves 4-bit activations from broken pixels',
      points: 2,
      async measure(learner, draw) {
        const given = withBrokenPixel(drawCase(draw, {hidden: 150}), draw.uniform(40, 60));
        const {layers} = await answer(learner, given, {weightBits: 8, activationBits: 4, method: 'percentile'});
        const plain = referenceLayers(given.model, inputRanges(given.model, given.calibration), 8, 4);
        const accuracy = (all: readonly PlainLayer[]): number => accuracyOf(runQuantized(all, given.hidden.images), given.hidden);
        return {
          measured: accuracy(layers) - accuracy(plain),
          comparison: '>=',
          threshold: 40,
          unit: 'points of accuracy more than with minMax',
          message:
            'A few broken pixels still ruin the grid. Is the method passed on to chooseRange, for every layer? And the calibrated grid: is it used, or only stored?',
        };
      },
    },
    {
      name: 'the accuracy is that of the quantized network',
      points: 1,
      async measure(learner, draw) {
        // At 2 bits the float network's accuracy is far from the quantized one's.
        const given = drawCase(draw, {test: 100});
        const {layers, accuracy} = await answer(learner, given, {weightBits: 2, activationBits: 8, method: 'minMax'});
        return {
          measured: Math.abs(accuracy - accuracyOf(runQuantized(layers, given.test.images), given.test)),
          comparison: '<=',
          threshold: 2,
          unit: 'points of accuracy',
          message:
            'The accuracy that you report is not what your layers reach on the test images. Run the quantized layers, not the float ones; and give percent.',
        };
      },
    },
    {
      name: 'the network and the data are left as they were',
      points: 1,
      async measure(learner, draw) {
        const given = drawCase(draw, {calibration: 3, test: 3});
        return unchangedInputs(learner, 'quantizeModel', asLayers(given), asData(given), {
          weightBits: 8,
          activationBits: 8,
          method: 'minMax',
        });
      },
    },
  ],
};

async function answer(learner: Learner, given: Case, options: PtqOptions): Promise<{layers: PlainLayer[]; accuracy: number}> {
  const returned = await learner.call('quantizeModel', asLayers(given), asData(given), {...options});
  const {layers, accuracy} = expectRecord(returned, ['layers', 'accuracy'], 'the result of quantizeModel');
  return {
    layers: expectLayers(layers, given.model, options.weightBits, options.activationBits),
    accuracy: expectNumber(accuracy, 'accuracy'),
  };
}

function asLayers({model}: Case) {
  return model.map(({kernel, bias}) => ({kernel, bias}));
}
