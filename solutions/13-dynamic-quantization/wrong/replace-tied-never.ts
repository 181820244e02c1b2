import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'layers that share a weight and may both be replaced are both replaced'};

/** Nothing that is shared is replaced, although two dynamic layers can share their codes. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  const float = new Set(
    layers
      .filter((layer, i) => stays(layer) || layers.some((other, j) => j !== i && other.weight === layer.weight))
      .map(({weight}) => weight),
  );
  return layers.map(layer => (float.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}
