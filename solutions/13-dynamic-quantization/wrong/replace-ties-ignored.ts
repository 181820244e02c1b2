import type {Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'replaceLayers', check: 'a weight shared with a layer that stays keeps its layers float'};

/** Each layer is looked at alone, so a weight that an embedding uses as well is stored twice. */
export function replaceLayers(layers: readonly Layer[], skip: readonly string[]): Layer[] {
  const isSkipped = (name: string): boolean => skip.some(entry => name === entry || name.startsWith(`${entry}.`));
  const stays = ({name, kind}: Layer): boolean => kind !== 'linear' || isSkipped(name);
  return layers.map(layer => (stays(layer) ? layer : {...layer, kind: 'dynamicLinear'}));
}
