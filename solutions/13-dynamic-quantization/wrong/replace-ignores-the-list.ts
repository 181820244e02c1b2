import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'layers and blocks on the skip list stay, their neighbours do not'};

/** Nothing is skipped. */
export function replaceLayers(layers: readonly Layer[], _skip: readonly string[]): Layer[] {
  const stays = ({kind}: Layer): boolean => kind !== 'linear';
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}
