import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'layers that share a weight and may both be replaced are both replaced'};

/** Of two that share a weight only the first is replaced. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(layers.filter(stays).map(layer => layer.weight));
  return layers.map(layer =>
    float.has(layer.weight) || layers.some(other => other.weight === layer.weight && layers.indexOf(other) < layers.indexOf(layer))
      ? layer
      : {...layer, kind: 'dynamicLinear'},
  );
}
