import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'linear layers become dynamic, and nothing else changes'};

/** A new layer without the bias of the old one. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) ? layer : {name: layer.name, kind: 'dynamicLinear', weight: layer.weight}));
}
