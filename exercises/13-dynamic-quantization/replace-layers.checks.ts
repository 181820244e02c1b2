import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {differentLayers, drawLayers, expectLayers, type PlainLayer, replaced} from './models.ts';

export const replaceLayers: Task = {
  name: 'replaceLayers',
  title: 'Choose the layers that become dynamic',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'linear layers become dynamic, and nothing else changes',
      points: 2,
      async measure(learner, draw) {
        // Nothing is tied here.
        const layers = drawLayers(draw).slice(0, -1);
        return different(
          learner,
          layers,
          [],
          'Only `kind` changes, and only from "linear" to "dynamicLinear". Embeddings are looked up, not multiplied, and norms are tiny: both stay. Keep the order, the names, and each layer’s weight and bias.',
        );
      },
    },
    {
      name: 'layers and blocks on the skip list stay, their neighbours do not',
      points: 2,
      async measure(learner, draw) {
        const layers = drawLayers(draw).slice(0, -1);
        const skip = draw.shuffle(['pooler', 'block.1', `block.${draw.integer(3, 9)}.down`]);
        return different(
          learner,
          layers,
          skip,
          'A skip entry is the name of a layer, or of a block: "block.1" stands for "block.1.up" and "block.1.down", but not for "block.10.up". Compare whole parts of a name, up to the dot.',
        );
      },
    },
    {
      name: 'a weight shared with a layer that stays keeps its layers float',
      points: 2,
      async measure(learner, draw) {
        const layers = drawLayers(draw);
        const both = draw.shuffle(layers.filter(({name}) => /^block\.\d+\.up$/.test(name))).slice(0, 2);
        const [skipped, other] = both as [PlainLayer, PlainLayer];
        const tied = layers.map(layer => (layer === other ? {...layer, weight: skipped.weight} : layer));
        return different(
          learner,
          tied,
          [skipped.name],
          'Two layers share one tensor. If one of them stays float (an embedding, or a layer on the skip list), the other must stay as well: else the file holds the weight twice, and got larger.',
        );
      },
    },
    {
      name: 'layers that share a weight and may both be replaced are both replaced',
      points: 1,
      async measure(learner, draw) {
        const layers = drawLayers(draw).slice(0, -1);
        const [first, second] = draw.shuffle(layers.filter(({kind}) => kind === 'linear')) as [PlainLayer, PlainLayer];
        const tied = layers.map(layer => (layer === second ? {...layer, weight: first.weight} : layer));
        return different(
          learner,
          tied,
          [],
          'Two linear layers share one tensor, and none of them is on the skip list: both become dynamic and go on sharing, now the int8 codes.',
        );
      },
    },
    {
      name: 'the list that it is given is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'replaceLayers', drawLayers(draw), ['pooler']),
    },
  ],
};

async function different(learner: Learner, layers: readonly PlainLayer[], skip: readonly string[], message: string): Promise<Measurement> {
  const answer = expectLayers(await learner.call('replaceLayers', layers, skip), 'the result of replaceLayers');
  return {measured: differentLayers(replaced(layers, skip), answer), comparison: '==', threshold: 0, unit: 'wrong layers', message};
}
