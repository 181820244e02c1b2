import {randomUUID} from 'node:crypto';
import type {MimeBundle} from '../wire/messages.ts';
import {lineChart, type Line} from './chart.ts';
import {display} from './display.ts';
import {inOrder, measureOf} from './kinds.ts';
import {counted, escapeHtml, shortNumber, theme} from './markup.ts';
import {Throttle} from './throttle.ts';
import {asCallback} from './training.ts';

export interface CurvesOptions {
  readonly title?: string;
  /** A logarithmic axis for the values. */
  readonly log?: boolean;
  /** Draw every batch's values too, not only every epoch's: for long epochs. */
  readonly every?: 'epoch' | 'batch';
}

type Logs = Readonly<Record<string, number>>;

/** Curves that are drawn while they grow; as it is, a callback of `fit`, alone or in a list. */
export interface LiveCurves {
  /** Adds a point to each curve by hand: curves.add({loss, accuracy}). The step is counted where it is not given. */
  add(values: Logs, step?: number): void;
  onTrainBegin(logs?: Logs): Promise<void>;
  onTrainEnd(logs?: Logs): Promise<void>;
  onEpochBegin(epoch: number, logs?: Logs): Promise<void>;
  onEpochEnd(epoch: number, logs?: Logs): Promise<void>;
  onBatchBegin(batch: number, logs?: Logs): Promise<void>;
  onBatchEnd(batch: number, logs?: Logs): Promise<void>;
  // Of these tfjs-layers asks its callbacks too; their types are not named, because every cell's check would have to read tfjs's.
  params: Record<string, never>;
  validationData: never;
  setParams(params: object): void;
  setModel(model: object): void;
}

/**
 * Draws a training's curves while it runs: loss, metrics and their val_ counterparts, updated in place; the last picture stays in the
 * notebook. `model.fit` draws them by itself (verbose: 0 turns that off); this is for options, `callbacks: liveCurves({log: true})`,
 * and for loops of your own: `const curves = liveCurves(); … curves.add({loss: value})`.
 */
export function liveCurves(options: CurvesOptions = {}): LiveCurves {
  const curves = new Curves(options);
  return asCallback(curves, {explicit: true}) as LiveCurves;
}

const intervalMs = 250;
/** Of a longer curve neighbours are averaged. */
const mostPoints = 512;

interface Series {
  xs: number[];
  ys: number[];
  /** How many values each point is the mean of. */
  every: number;
  held: {n: number; x: number; y: number};
  last: number;
}

/** Names → points, and their picture. */
export class Curves {
  readonly byBatch: boolean;
  /** Epochs of the run under way, where it is known. */
  epochs: number | undefined;
  /** What a step is. */
  unit: 'epoch' | 'batch' | 'step' = 'step';
  private readonly id = randomUUID();
  private readonly series = new Map<string, Series>();
  private readonly throttle = new Throttle(() => this.draw(), intervalMs);
  private readonly start = performance.now();
  private steps = 0;
  private shown = false;

  constructor(private readonly options: CurvesOptions) {
    this.byBatch = options.every === 'batch';
  }

  /** The step after the last. */
  get next(): number {
    return this.steps + 1;
  }

  add(values: Logs, step = this.next): void {
    this.steps = Number.isFinite(step) ? step : this.next;
    for (const [name, value] of Object.entries(values ?? {})) {
      if (typeof value !== 'number' || bookkeeping.has(name)) continue;
      const series = this.series.get(name) ?? {xs: [], ys: [], every: 1, held: {n: 0, x: 0, y: 0}, last: NaN};
      this.series.set(name, series);
      append(series, this.steps, value);
    }
    this.throttle.changed();
  }

  private draw(): void {
    void display(this.bundle(), {id: this.id, update: this.shown});
    this.shown = true;
  }

  private bundle(): MimeBundle {
    const {title, log = false} = this.options;
    const {unit} = this;
    const seconds = (performance.now() - this.start) / 1000;
    const of = this.epochs !== undefined && unit === 'epoch' ? ` of ${this.epochs.toLocaleString('en')}` : '';
    const caption = [
      ...(title ? [title] : []),
      of ? `${unit} ${this.steps.toLocaleString('en')}${of}` : counted(this.steps, unit).replace('batchs', 'batches'),
      `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`,
    ].join(' · ');
    const names = inOrder(this.series.keys());
    const text = [caption, ...names.map(name => `${name} ${shortNumber(this.series.get(name)!.last)}`)].join(' · ');
    const panels = [...new Set(names.map(measureOf))].map(name => this.panel(name, {log, unit}));
    const html =
      `<div style="color: ${theme.text}"><div style="color: ${theme.faint}">${escapeHtml(caption)}</div>` +
      `<div style="display: flex; flex-wrap: wrap; gap: 4px 20px">${panels.join('')}</div></div>`;
    return {'text/plain': text, 'text/html': html};
  }

  /** A measure and its validation in one chart, the legend with the newest values above it. */
  private panel(name: string, {log, unit}: {log: boolean; unit: string}): string {
    const lines = [name, `val_${name}`].flatMap((each, i): (Line & {last: number})[] => {
      const series = this.series.get(each);
      return series ? [{name: each, colour: i ? colours.validation : colours.training, dashed: i === 1, ...series}] : [];
    });
    const legend = lines.map(
      ({name, colour, dashed, last}) =>
        `<span><span style="color: ${colour}">${dashed ? '╍╍' : '━━'}</span> ${escapeHtml(name)} ${shortNumber(last)}</span>`,
    );
    const head = `<div style="display: flex; flex-wrap: wrap; gap: 0 14px; padding-left: 8px; font-variant-numeric: tabular-nums">${legend.join('')}</div>`;
    const chart = lines.some(({ys}) => ys.length > 1) ? lineChart(lines, {title: `${name} by ${unit}`, xLabel: unit, log}) : '';
    return `<div style="max-width: 100%">${head}${chart}</div>`;
  }
}

const colours = {training: theme.accent, validation: '#e8710a'} as const;
/** What tfjs tells its callbacks beside the measures. */
const bookkeeping = new Set(['batch', 'size', 'num_steps']);

function append(series: Series, x: number, y: number): void {
  series.last = y;
  const {held} = series;
  held.n++;
  held.x += x;
  held.y += y;
  if (held.n < series.every) return;
  series.xs.push(held.x / held.n);
  series.ys.push(held.y / held.n);
  series.held = {n: 0, x: 0, y: 0};
  if (series.xs.length < mostPoints) return;
  series.every *= 2;
  series.xs = halved(series.xs);
  series.ys = halved(series.ys);
}

const halved = (values: readonly number[]): number[] =>
  Array.from({length: values.length >> 1}, (_, i) => (values[2 * i]! + values[2 * i + 1]!) / 2);
