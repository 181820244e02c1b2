/** Models, layers and histories of any copy of tfjs, known by what they have: to look at a value never loads tfjs. */

export interface WeightLike {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

export interface LayerLike {
  readonly name: string;
  readonly outputShape: unknown;
  readonly weights: readonly WeightLike[];
  readonly trainableWeights: readonly WeightLike[];
  countParams(): number;
  getClassName(): string;
}

export interface ModelLike extends LayerLike {
  readonly layers: readonly LayerLike[];
  readonly loss?: unknown;
  readonly optimizer?: unknown;
}

export interface HistoryLike {
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly unknown[]>>;
}

export const isLayer = (value: object): value is LayerLike =>
  'countParams' in value && 'getClassName' in value && 'trainableWeights' in value && 'apply' in value;

export const isModel = (value: object): value is ModelLike =>
  'layers' in value && Array.isArray(value.layers) && 'countParams' in value && 'summary' in value && 'predict' in value;

/** What `fit` gives back. */
export const isHistory = (value: object): value is HistoryLike =>
  'history' in value &&
  typeof value.history === 'object' &&
  value.history !== null &&
  'epoch' in value &&
  Array.isArray(value.epoch) &&
  'syncData' in value;

/** A measure without its `val_`. */
export const measureOf = (name: string): string => name.replace(/^val_/, '');

/** The loss first, each measure before its validation. */
export function inOrder(names: Iterable<string>): string[] {
  const known = new Set(names);
  const measures = [...new Set(Array.from(known, measureOf))].sort((a, b) => Number(b === 'loss') - Number(a === 'loss'));
  return measures.flatMap(name => [name, `val_${name}`].filter(each => known.has(each)));
}
