import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {digits} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import {asLabels, asPlain, drawPenCase, drawToy, type PenCase} from './inputs.ts';
import type {Choice} from './interface.ts';
import {bytesOf, type Labelled, measure, type PlainNetwork, quantized, uniform} from './network.ts';
import {expectChoices} from './returned-choices.ts';

export const mixedBits: Task = {
  name: 'mixedBits',
  title: 'Mixed bits for the whole network',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'at equal bytes it reads more hidden digits than uniform bits',
      points: 5,
      async measure(learner, draw) {
        const given = drawPenCase(draw, draw.pick([1, 2]));
        // In the test images the strip that matters is dark: whoever scans there gives it the fewest bits.
        const test = darkened(given.photograph(digits(24, `${draw.seed}/test`)), given.uneven);
        return {
          measured: await gainOf(learner, given, test),
          comparison: '>=',
          threshold: 4,
          unit: 'points of accuracy above uniform bits',
          message:
            'With the bytes of three bits everywhere, your bits hardly help on digits that nobody has seen, or they harm. Which layer’s rounding raises the loss most? It need not be the largest one, nor the one whose weights move most. And ask the calibration images alone: bits that are chosen on the test suit the test, not other digits.',
        };
      },
    },
    {
      name: 'every budget is kept, with every choice of widths',
      points: 1,
      async measure(learner, draw) {
        let over = 0;
        for (const [choices, bits] of [
          [[2, 3, 4], 2],
          [[2, 4, 8], 5],
          [[3, 5, 6, 8], 4],
        ] as const) {
          const {network, sets} = drawToy(draw, [20, 10]);
          const budget = bytesOf(network, uniform(network, bits)) + draw.integer(0, 3);
          const {chosen} = await answer(learner, {network, calibration: sets[0]!, choices, budget}, sets[1]!);
          over += Math.max(0, bytesOf(network, chosen) - budget);
        }
        return {
          measured: over,
          comparison: '==',
          threshold: 0,
          unit: 'bytes above the budget',
          message: 'The layers take more bytes than the budget allows. Scales count too: 4 bytes for each column.',
        };
      },
    },
    {
      name: 'the accuracy is that of these bits on the test images',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const part of ['a', 'b']) {
          const {network, sets} = drawTelling(draw.for(part));
          // Two bits everywhere are all that fits.
          const budget = bytesOf(network, uniform(network, 2));
          const {chosen, accuracy} = await answer(learner, {network, calibration: sets[0]!, choices: [2, 4, 8], budget}, sets[1]!);
          worst = Math.max(worst, Math.abs(accuracy - measure(quantized(network, chosen), sets[1]!).accuracy));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1,
          unit: 'points of accuracy',
          message:
            'The accuracy is not what the network reaches on the test images with the bits that you return: all its layers rounded, in percent.',
        };
      },
    },
    {
      name: 'the network and the data are left as they were',
      points: 1,
      measure(learner, draw) {
        const {network, sets} = drawToy(draw, [12, 8]);
        const budget = bytesOf(network, uniform(network, 4));
        return unchangedInputs(learner, 'mixedBits', asPlain(network), asData(sets[0]!, sets[1]!), [2, 4, 8], budget);
      },
    },
  ],
};

type Given = Pick<PenCase, 'network' | 'calibration' | 'choices' | 'budget'>;

/** Points of accuracy above uniform bits, on the hidden digits. @throws WrongAnswer where the bits are not of equal bytes */
async function gainOf(learner: Learner, given: PenCase, test: Labelled): Promise<number> {
  const {chosen} = await answer(learner, given, test);
  const bytes = bytesOf(given.network, chosen);
  if (bytes > given.budget)
    throw new WrongAnswer(`Expected bits of at most ${given.budget} bytes, got ${bytes}; codes and the scales of the columns count`);
  return measure(quantized(given.network, chosen), given.hidden).accuracy - given.uniformAccuracy;
}

async function answer(
  learner: Learner,
  {network, calibration, choices, budget}: Given,
  test: Labelled,
): Promise<{chosen: Choice[]; accuracy: number}> {
  const value = await learner.call('mixedBits', asPlain(network), asData(calibration, test), [...choices], budget);
  const {bits, accuracy} = expectRecord(value, ['bits', 'accuracy'], 'the result of mixedBits');
  const offered = network.layers.flatMap(({name}) => choices.map(width => ({layer: name, bits: width})));
  return {chosen: expectChoices(bits, offered, 'bits'), accuracy: expectNumber(accuracy, 'accuracy')};
}

function asData(calibration: Labelled, test: Labelled) {
  return {
    calibration: calibration.images,
    calibrationLabels: asLabels(calibration.labels),
    test: test.images,
    testLabels: asLabels(test.labels),
  };
}

function darkened({images, labels}: Labelled, [from, to]: readonly [number, number]): Labelled {
  const width = images.shape[1]!;
  const data = (images.data as Float32Array).map((value, i) => (i % width >= from && i % width < to ? 0 : value));
  return {images: {...images, data}, labels};
}

/** A network on which float and few bits, test and calibration images all have accuracies of their own. */
function drawTelling(draw: Draw): {network: PlainNetwork; sets: readonly Labelled[]} {
  for (let attempt = 0; ; attempt++) {
    const {network, sets} = drawToy(draw.for(`attempt ${attempt}`), [20, 40]);
    const of = (net: PlainNetwork, set: number): number => measure(net, sets[set]!).accuracy;
    const rounded = quantized(network, uniform(network, 2));
    if (of(network, 1) - of(rounded, 1) >= 20 && Math.abs(of(rounded, 0) - of(rounded, 1)) >= 3) return {network, sets};
  }
}
