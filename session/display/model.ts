import type {MimeBundle} from '../wire/messages.ts';
import {type HistoryLike, inOrder, type LayerLike, type ModelLike, type WeightLike} from './kinds.ts';
import {bytesText, type Column, counted, shortNumber, table, textTable} from './markup.ts';

const columns: readonly Column[] = [
  {name: 'layer', align: 'left'},
  {name: 'type', align: 'left'},
  {name: 'output shape', align: 'left'},
  {name: 'params'},
  {name: 'trainable'},
];
const shownLayers = 200;

/** A model as the table of its layers; in its caption the totals, and what it was compiled with. */
export function modelBundle(model: ModelLike): MimeBundle {
  const rows = model.layers.slice(0, shownLayers).map(layerRow);
  const more = model.layers.length - rows.length;
  const compiled = [nameOf(model.optimizer), typeof model.loss === 'string' ? model.loss : ''].filter(Boolean).join(', ');
  const parts = [
    model.name,
    totals(model),
    ...(compiled ? [`compiled with ${compiled}`] : []),
    ...(more > 0 ? [`${more} more layers`] : []),
  ];
  const caption = parts.join(' · ');
  return {'text/plain': textTable(columns, rows, caption), 'text/html': table(columns, rows, caption)};
}

export function layerBundle(layer: LayerLike): MimeBundle {
  const [name, type, shape] = layerRow(layer);
  return {'text/plain': `Layer ${name} (${type}) · output ${shape} · ${totals(layer)}`};
}

function layerRow(layer: LayerLike): string[] {
  const shape = attempt(() => shapeText(layer.outputShape)) ?? 'not built';
  const params = attempt(() => layer.countParams().toLocaleString('en')) ?? '?';
  return [layer.name, layer.getClassName(), shape, params, (attempt(() => elements(layer.trainableWeights)) ?? 0).toLocaleString('en')];
}

function totals(layer: LayerLike): string {
  const weights = attempt(() => layer.weights);
  if (!weights) return 'not built: give its first layer an inputShape, or call build()';
  const all = elements(weights);
  const trainable = elements(layer.trainableWeights);
  const frozen = all - trainable;
  return `${counted(all, 'parameter')}${frozen ? `, ${trainable.toLocaleString('en')} trainable` : ''} · ${bytesText(weightBytes(weights))}`;
}

/** What is not built yet throws when it is asked for its shapes. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

const size = ({shape}: WeightLike): number => shape.reduce<number>((product, n) => product * (n ?? 0), 1);
const elements = (weights: readonly WeightLike[]): number => weights.reduce((sum, weight) => sum + size(weight), 0);
const weightBytes = (weights: readonly WeightLike[]): number =>
  weights.reduce((sum, weight) => sum + size(weight) * (weight.dtype === 'bool' ? 1 : 4), 0);

const shapeText = (shape: unknown): string =>
  Array.isArray(shape) && Array.isArray(shape[0])
    ? shape.map(shapeText).join(' ')
    : `[${(shape as unknown[]).map(n => n ?? '?').join(', ')}]`;

function nameOf(optimizer: unknown): string {
  if (typeof optimizer !== 'object' || optimizer === null) return '';
  const own =
    'getClassName' in optimizer && typeof optimizer.getClassName === 'function'
      ? String(Reflect.apply(optimizer.getClassName, optimizer, []))
      : '';
  return own || optimizer.constructor.name;
}

/** What training left: each measure's first, best and last value. */
export function historyBundle({epoch, history}: HistoryLike): MimeBundle {
  const names = inOrder(Object.keys(history));
  const rows = names
    .map(name => [name, history[name]!] as const)
    .flatMap(([name, series]) => {
      const values = series.filter(value => typeof value === 'number');
      if (!values.length) return [];
      // Of an accuracy more is better; of a loss or an error less is.
      const best = /acc|auc|precision|recall|f1/i.test(name) ? Math.max(...values) : Math.min(...values);
      const at = epoch[values.indexOf(best)] ?? values.indexOf(best);
      return [[name, shortNumber(values[0]!), `${shortNumber(best)} (epoch ${at + 1})`, shortNumber(values.at(-1)!)]];
    });
  const heads: Column[] = [{name: 'measure', align: 'left'}, {name: 'first'}, {name: 'best'}, {name: 'last'}];
  const caption = `History of ${counted(epoch.length, 'epoch')}`;
  return {'text/plain': textTable(heads, rows, caption), 'text/html': table(heads, rows, caption)};
}
