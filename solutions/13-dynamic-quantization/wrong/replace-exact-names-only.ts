import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'layers and blocks on the skip list stay, their neighbours do not'};

/** A block on the list is no layer’s whole name, so nothing of it is skipped. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.includes(name);
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}
