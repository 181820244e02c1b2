import {randomUUID} from 'node:crypto';
import {channel} from '../output/channel.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {display} from './display.ts';
import {escapeHtml, shortNumber, theme} from './markup.ts';
import {Throttle} from './throttle.ts';

export interface ProgressOptions {
  readonly label?: string;
  /** How many there will be, where the items do not say it themselves (a generator, a stream). */
  readonly total?: number;
}

/** Items that show how far a loop over them has come; or, with a number, steps that are told by `advance`. */
export interface Progress<T> extends Iterable<T>, AsyncIterable<Awaited<T>> {
  /** Tells of steps that are done, where no loop does. */
  advance(steps?: number): void;
}

const intervalMs = 100;
const textWidth = 30;

/**
 * A loop with a progress bar that is updated in place: `for (const x of progress(items)) …`, `for await (const x of progress(stream)) …`,
 * `for (const i of progress(100)) …`, or by hand: `const bar = progress(100); bar.advance()`.
 * It shows what is done, the rate, and the time that remains.
 */
export function progress(total: number, options?: ProgressOptions): Progress<number>;
export function progress<T>(items: Iterable<T>, options?: ProgressOptions): Progress<T>;
export function progress<T>(items: AsyncIterable<T>, options?: ProgressOptions): AsyncIterable<T>;
export function progress<T>(
  items: number | Iterable<T> | AsyncIterable<T>,
  options: ProgressOptions = {},
): Progress<T | number> | AsyncIterable<T> {
  const given = options.total ?? sizeOf(items);
  const total = typeof given === 'number' && given >= 0 && given < Infinity ? given : undefined;
  const start = (): Bar => new Bar(String(options.label ?? ''), total);
  let byHand: Bar | undefined;
  const each = typeof items === 'number' ? count(items) : items;
  const bar = {
    advance: (steps = 1) => (byHand ??= start()).advance(steps),
    async *[Symbol.asyncIterator]() {
      const bar = start();
      let whole = false;
      try {
        for await (const item of each as AsyncIterable<T>) {
          yield item;
          bar.advance(1);
        }
        whole = true;
      } finally {
        bar.end(whole);
      }
    },
  };
  if (typeof each !== 'object' || each === null || !(Symbol.iterator in each)) {
    if (typeof each === 'object' && each !== null && Symbol.asyncIterator in each) return bar;
    if (typeof each !== 'string') throw new TypeError(`Expected a number, or items to loop over, got ${typeof items}.`);
  }
  return {
    ...bar,
    *[Symbol.iterator]() {
      const bar = start();
      let whole = false;
      try {
        for (const item of each as Iterable<T>) {
          yield item;
          bar.advance(1);
        }
        whole = true;
      } finally {
        // Also where the loop is left early, by break or by an error.
        bar.end(whole);
      }
    },
  };
}

function* count(total: number): Generator<number> {
  for (let i = 0; i < total; i++) yield i;
}

function sizeOf(items: unknown): number | undefined {
  if (typeof items === 'number') return items;
  if (typeof items === 'string') return undefined;
  const {length, size} = items as {length?: unknown; size?: unknown};
  return typeof length === 'number' ? length : typeof size === 'number' ? size : undefined;
}

class Bar {
  private readonly id = randomUUID();
  private readonly start = performance.now();
  private readonly throttle = new Throttle(() => this.draw(), intervalMs);
  private steps = 0;
  private ended: 'whole' | 'early' | undefined;
  private shown = false;
  /** Steps a second, the newest counting most. */
  private rate = 0;
  private measured = {steps: 0, at: this.start};

  constructor(
    private readonly label: string,
    private readonly total: number | undefined,
  ) {
    if (channel()) this.throttle.now();
  }

  advance(steps: number): void {
    this.steps += steps;
    if (this.total !== undefined && this.steps >= this.total) this.end(true);
    else this.throttle.changed();
  }

  end(whole: boolean): void {
    if (this.ended) return;
    this.ended = whole ? 'whole' : 'early';
    this.throttle.now();
  }

  private draw(): void {
    void display(this.bundle(), {id: this.id, update: this.shown});
    this.shown = true;
  }

  private bundle(): MimeBundle {
    const {label, total, steps, ended} = this;
    const now = performance.now();
    const seconds = (now - this.start) / 1000;
    if (now - this.measured.at > intervalMs / 2) {
      const newest = ((steps - this.measured.steps) * 1000) / (now - this.measured.at);
      this.rate = this.rate ? 0.7 * this.rate + 0.3 * newest : newest;
      this.measured = {steps, at: now};
    }
    const rate = ended ? steps / seconds : this.rate;
    const part = total === undefined ? undefined : total > 0 ? Math.min(1, steps / total) : 1;
    const of = total === undefined ? steps.toLocaleString('en') : `${steps.toLocaleString('en')} of ${total.toLocaleString('en')}`;
    const left = !ended && part !== undefined && rate > 0 && total! > steps ? ` · ${timeText((total! - steps) / rate)} left` : '';
    const facts = `${ended === 'early' ? 'stopped at ' : ''}${of} · ${timeText(seconds)}${left}${rate > 0 && Number.isFinite(rate) ? ` · ${rateText(rate)}` : ''}`;
    const percent = part === undefined ? '' : `${Math.floor(100 * part)}%`;
    const blocks = part === undefined ? '' : '█'.repeat(Math.floor(part * textWidth)).padEnd(textWidth, '░');
    const html =
      `<div style="display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; color: ${theme.text}; font-variant-numeric: tabular-nums">` +
      `${label ? `<span>${escapeHtml(label)}</span>` : ''}${part === undefined ? '' : track(part, ended, label)}` +
      `<span style="color: ${theme.faint}">${percent ? `${percent} · ` : ''}${escapeHtml(facts)}</span></div>`;
    return {'text/plain': [label, blocks, percent, facts].filter(Boolean).join(' '), 'text/html': html};
  }
}

function track(part: number, ended: 'whole' | 'early' | undefined, label: string): string {
  const colour = ended === 'whole' ? theme.good : ended === 'early' ? theme.warn : theme.accent;
  const percent = (100 * part).toFixed(1);
  return (
    `<div role="progressbar" aria-label="${escapeHtml(label || 'progress')}" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100" ` +
    `style="flex: 0 1 260px; min-width: 80px; height: 10px; border-radius: 5px; overflow: hidden; background: ${theme.line}">` +
    `<div style="width: ${percent}%; height: 100%; background: ${colour}"></div></div>`
  );
}

/** `07 s`, `03:20`, `1:02:05` */
function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `12.5/s`, or where a step takes longer than a second `3.2 s each`. */
const rateText = (rate: number): string => (rate >= 1 ? `${shortNumber(Number(rate.toPrecision(3)))}/s` : `${timeText(1 / rate)} each`);
