/** What of a tensor is used here. */
interface TensorLike {
  readonly id: number;
  readonly isDisposed: boolean;
  dispose(): void;
}

/** tfjs keeps its engine in one global: asking it loads nothing. Tensors made from now on have at least this id. */
export function nextTensorId(): number {
  const engine = Reflect.get(globalThis, '_tfengine') as {readonly constructor: {readonly nextTensorId?: number}} | undefined;
  // Of an engine that counts otherwise, no tensor is taken for a new one.
  return engine ? (engine.constructor.nextTensorId ?? Infinity) : 0;
}

/** The tensors that a view's function made and gave: it, or each in a list or record. Older ones are the learner's own, and so are variables. */
export function tensorsMade(value: unknown, since: number): TensorLike[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = isTensor(value)
    ? [value]
    : Object.values(Object.getOwnPropertyDescriptors(value)).map(property => property.value as unknown);
  return parts.filter((part): part is TensorLike => isTensor(part) && part.id >= since && !('trainable' in part));
}

export function disposeTensors(tensors: readonly TensorLike[]): void {
  for (const tensor of tensors) if (!tensor.isDisposed) tensor.dispose();
}

const isTensor = (value: unknown): value is TensorLike =>
  typeof value === 'object' &&
  value !== null &&
  'dataId' in value &&
  'id' in value &&
  typeof value.id === 'number' &&
  'isDisposed' in value;
