import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'the list that it is given is left as it was'};

/** Changes the list of the caller, who may still want the float model. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  for (const layer of layers) if (!float.has(layer.weight)) Object.assign(layer, {kind: 'dynamicLinear'});
  return [...layers];
}
