import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'a weight shared with a layer that stays keeps its layers float'};

/** A layer on the skip list keeps its weight as float, too, and who shares it must stay. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(({kind}) => kind !== 'linear').map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) || stays(layer) ? layer : {...layer, kind: 'dynamicLinear'}));
}
