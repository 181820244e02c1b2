import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'linear layers become dynamic, and nothing else changes'};

/** Embeddings and norms become dynamic as well: there is no product in them to speed up. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name}: Layer): boolean => isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer => (float.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}
