import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {drawModel, drawTokens, measured, ownText, type PlainModel} from './inputs.ts';
import type {Rating, Windows} from './interface.ts';

const windows: Windows = {contextLength: 16, stride: 8};

export const rankModels: Task = {
  name: 'rankModels',
  title: 'Which model is better?',
  timeoutMs: 15_000,
  checks: [
    {
      name: 'bits per character of the common text',
      points: 2,
      async measure(learner, draw) {
        const given = drawCandidates(draw);
        const wanted = await ratings(given);
        const found = await answer(learner, given);
        const deviations = wanted.map(({name, bitsPerCharacter}) =>
          Math.abs(found.find(one => one.name === name)!.bitsPerCharacter / bitsPerCharacter - 1),
        );
        return {
          measured: Math.max(...deviations),
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative deviation',
          message:
            'The bits per character are off. Take the common text, not what a model wrote itself: it is never surprised by that. Add up −ln p over all predicted tokens, divide by ln 2 for bits, and by the characters of the text.',
        };
      },
    },
    {
      name: 'the best model comes first',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const part of ['a', 'b', 'c']) {
          const given = drawCandidates(draw.for(part));
          const wanted = (await ratings(given)).sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
          const found = await answer(learner, given);
          wrong += wanted.filter(({name}, i) => found[i]!.name !== name).length;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'models in the wrong place',
          message:
            'The order is wrong. Fewer bits are better. And perplexities per token cannot be compared here: a model with longer tokens has fewer of them, each harder to guess.',
        };
      },
    },
    {
      name: 'the candidates are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {candidates, characters} = drawCandidates(draw);
        return unchangedInputs(learner, 'rankModels', candidates.map(asPlain), characters, {...windows});
      },
    },
  ],
};

interface Case {
  readonly candidates: readonly {
    readonly name: string;
    readonly model: PlainModel;
    readonly tokens: readonly number[];
    readonly sample: readonly number[];
  }[];
  readonly characters: number;
}

/** Three models that cut one text differently: few long tokens of a large vocabulary, or many short ones of a small one. */
function drawCandidates(draw: Draw): Case {
  const characters = draw.integer(150, 200);
  // Never with the best first, so that the order in which they come is wrong.
  const [best, middle, worst] = [
    {vocabulary: 16, count: 26},
    {vocabulary: 10, count: 52},
    {vocabulary: 6, count: 90},
  ] as const;
  const sizes = draw.pick([
    [middle, best, worst],
    [middle, worst, best],
    [worst, best, middle],
  ]);
  const candidates = sizes.map(({vocabulary, count}, i) => {
    const model = drawModel(draw, vocabulary, 0.5);
    return {name: `model ${'ABC'[i]}`, model, tokens: drawTokens(draw, count, model), sample: ownText(model, 0, 30)};
  });
  return {candidates, characters};
}

async function ratings({candidates, characters}: Case): Promise<Rating[]> {
  const all: Rating[] = [];
  for (const {name, model, tokens} of candidates) {
    const {meanNll, predicted} = await measured(model, tokens, windows);
    all.push({name, bitsPerCharacter: (meanNll * predicted) / Math.LN2 / characters});
  }
  return all;
}

async function answer(learner: Learner, {candidates, characters}: Case): Promise<Rating[]> {
  const found = await learner.call('rankModels', candidates.map(asPlain), characters, {...windows});
  if (!Array.isArray(found) || found.length !== candidates.length)
    throw new WrongAnswer(`Expected rankModels to return a list of ${candidates.length} ratings`);
  const list = found.map((one, i) => {
    const {name, bitsPerCharacter} = expectRecord(one, ['name', 'bitsPerCharacter'], `rating ${i}`);
    if (typeof name !== 'string' || !candidates.some(candidate => candidate.name === name))
      throw new WrongAnswer(`Expected the name of rating ${i} to be that of a candidate`);
    return {name, bitsPerCharacter: expectNumber(bitsPerCharacter, `bitsPerCharacter of rating ${i}`)};
  });
  if (new Set(list.map(({name}) => name)).size !== list.length) throw new WrongAnswer('Expected each candidate once');
  return list;
}

function asPlain({name, model, tokens, sample}: Case['candidates'][number]) {
  return {name, model: {table: model.table, memory: model.memory}, tokens, sample};
}
