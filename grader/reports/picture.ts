import type {CheckResult} from '../../checking/types.ts';
import {type Markup, markup} from './markup.ts';
import {counted, duration, measurementWords, numberText} from './numbers.ts';
import {medianOf, Tally} from './tally.ts';

/** Where a measured value lies against its threshold: the passing side is shaded; a disc passes, a cross does not. */
export function gauge(measurement: NonNullable<CheckResult['measurement']>, passed: boolean): Markup {
  const {threshold, comparison} = measurement;
  const measured = finite(measurement.measured);
  const words = measurementWords(measurement);
  const left = 12;
  const width = 376;
  const y = 24;
  // The axis shows the neighbourhood of the threshold, wide enough for the value, at most once the threshold to either side.
  const away = Math.abs(measured - threshold);
  const reach = threshold === 0 ? 1.4 * away || 1 : Math.min(Math.max(1.5 * away, 0.1 * Math.abs(threshold)), Math.abs(threshold));
  const [low, high] = Number.isFinite(reach) ? [threshold - reach, threshold + reach] : [threshold - 1, threshold + 1];
  const place = (value: number): number => left + (width * (Math.min(Math.max(value, low), high) - low)) / (high - low);
  const x = place(measured);
  const edge = place(threshold);
  const side = {'<=': [left, edge], '<': [left, edge], '>=': [edge, left + width], '>': [edge, left + width], '==': [edge - 4, edge + 4]}[
    comparison
  ] as [number, number];
  const beyond = measured > high ? '→' : measured < low ? '←' : '';
  return markup`<svg class="gauge" viewBox="0 0 400 62" role="img" aria-label="${`Measured ${words.measured}${words.unit && ` ${words.unit}`}, expected ${words.threshold}: ${passed ? 'passes' : 'misses'}`}">
<rect class="pass" x="${at(side[0])}" y="${y - 11}" width="${at(side[1] - side[0])}" height="22" rx="3"/>
<line class="track" x1="${left}" x2="${left + width}" y1="${y}" y2="${y}"/>
<line class="pass-edge" x1="${at(edge)}" x2="${at(edge)}" y1="${y - 14}" y2="${y + 14}"/>
${Number.isNaN(measured) ? undefined : sign(x, y, passed)}
${beyond ? markup`<text class="strong" x="${at(x + (beyond === '→' ? -12 : 12))}" y="${y - 9}" text-anchor="${beyond === '→' ? 'end' : 'start'}">off this scale ${beyond}</text>` : undefined}
<text x="${left}" y="58">${numberText(low, 3)}</text>
<text class="strong" x="${at(edge)}" y="58" text-anchor="middle">${words.threshold.split(' ').at(-1)}</text>
<text x="${left + width}" y="58" text-anchor="end">${numberText(high, 3)}</text>
</svg>`;
}

/** The points as squares of a grid, filled as far as they were earned. */
export function pointSquares(points: number, max: number): Markup {
  const [size, gap] = max <= 12 ? [20, 4] : [Math.max(4, 240 / max), 1];
  const squares = Math.max(1, Math.ceil(max));
  const width = squares * (size + gap);
  return markup`<svg width="${at(width)}" height="22" viewBox="0 0 ${at(width)} 22" role="img" aria-label="${`${numberText(points)} of ${counted(max, 'point')}`}">${Array.from(
    {length: squares},
    (_, i) => {
      const filled = Math.min(Math.max(points - i, 0), 1);
      const x = i * (size + gap) + 1;
      return markup`<rect class="empty" x="${at(x)}" y="1" width="${at(size)}" height="20" rx="3"/>${filled ? markup`<rect class="bar" x="${at(x)}" y="1" width="${at(size * filled)}" height="20" rx="3"/>` : undefined}`;
    },
  )}</svg>`;
}

/** How many submissions got which score; a column per point, or ten or so where there are many points. */
export function scoreHistogram(scores: Tally<number>, max: number): Markup {
  const perColumn = max <= 12 ? 1 : Math.ceil((max + 1) / 10);
  const columns = Math.floor(max / perColumn) + 1;
  const counts = Array.from({length: columns}, () => 0);
  for (const [score, count] of scores.counts) counts[Math.min(Math.max(0, Math.floor(score / perColumn)), columns - 1)]! += count;
  const label = (i: number): string => {
    const [first, last] = [i * perColumn, Math.min((i + 1) * perColumn - 1, Math.floor(max))];
    return first === last ? String(first) : `${first}–${last}`;
  };
  const [width, height, base] = [520, 190, 150];
  const step = width / columns;
  const tallest = Math.max(1, ...counts);
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${`Submissions by points: ${counts.map((count, i) => `${label(i)} points: ${count}`).join('; ')}`}">
<line class="track" x1="0" x2="${width}" y1="${base}" y2="${base}"/>
${counts.map((count, i) => {
  const rise = (count / tallest) * (base - 26);
  return markup`${count ? markup`<rect class="bar" x="${at(i * step + step * 0.12)}" y="${at(base - rise)}" width="${at(step * 0.76)}" height="${at(rise)}" rx="3"/>` : undefined}
<text class="${count ? 'strong' : ''}" x="${at((i + 0.5) * step)}" y="${at(base - rise - 7)}" text-anchor="middle">${count}</text><text x="${at((i + 0.5) * step)}" y="${base + 18}" text-anchor="middle">${label(i)}</text>`;
})}
<text x="${width / 2}" y="${height - 4}" text-anchor="middle">points</text>
</svg>`;
}

/** A share as a bar. Its words stand beside it. */
export function shareBar(share: number): Markup {
  return markup`<svg class="chart" viewBox="0 0 400 12" preserveAspectRatio="none" height="12" aria-hidden="true"><rect class="empty" x="0.5" y="0.5" width="399" height="11" rx="3"/><rect class="bar" width="${at(400 * share)}" height="12" rx="3"/></svg>`;
}

/** As many signs stand on top of each other. */
const tallest = 5;

/**
 * The margins of one check in a class, in parts of the threshold (or in their own unit where that is zero), cut at ±100%.
 * Of those that would stand in one place, the first few are drawn.
 */
export class MarginFigures {
  passes = 0;
  misses = 0;
  /** In steps of 0.1%. */
  readonly shares = new Tally<number>();
  readonly drawn: {readonly share: number; readonly passed: boolean; readonly height: number}[] = [];
  private readonly places = new Tally<number>();

  add({margin, threshold}: NonNullable<CheckResult['measurement']>, passed: boolean): void {
    if (passed) this.passes++;
    else this.misses++;
    const share = Math.min(Math.max(finite(margin) / (Math.abs(threshold) || 1), -1), 1);
    if (Number.isNaN(share)) return;
    this.shares.add(Math.round(share * 1000) / 1000);
    const place = Math.round(share * 60);
    const height = this.places.of(place);
    this.places.add(place);
    if (height < tallest) this.drawn.push({share, passed, height});
  }
}

/** A sign per submission along its margin. Close to the middle line lies what a slightly different threshold would decide otherwise. */
export function marginStrip({passes, misses, shares, drawn}: MarginFigures): Markup {
  const place = (share: number): number => 200 + share * 186;
  return markup`<svg class="chart" viewBox="0 0 400 58" role="img" aria-label="${`Margins: ${passes} pass, ${misses} miss; median ${numberText(100 * medianOf(shares), 3)}% of the threshold`}">
<rect class="pass" x="200" y="2" width="188" height="38" rx="3"/><line class="track" x1="12" x2="388" y1="40" y2="40"/><line class="pass-edge" x1="200" x2="200" y1="2" y2="44"/>
${drawn.map(({share, passed, height}) => sign(place(share), 33 - height * 6, passed, 'thin', 4))}
<text x="12" y="55">misses by 100%</text><text class="strong" x="200" y="55" text-anchor="middle">threshold</text><text x="388" y="55" text-anchor="end">passes by 100%</text>
</svg>`;
}

/** A disc per submission along the time it took; the first few of those in one place. */
export function timeStrip(seconds: Tally<number>): Markup {
  const longest = Math.max(...seconds.values, 0.1);
  const half = medianOf(seconds);
  const place = (s: number): number => 12 + (s / longest) * 376;
  const heights = new Tally<number>();
  const discs: Markup[] = [];
  for (const [s, count] of seconds.counts) {
    const step = Math.round((s / longest) * 60);
    for (let i = 0; i < count && heights.of(step) < tallest; i++) {
      discs.push(markup`<circle class="bar" fill-opacity="0.7" cx="${at(place(s))}" cy="${at(47 - heights.of(step) * 6)}" r="4"/>`);
      heights.add(step);
    }
  }
  return markup`<svg class="chart" viewBox="0 0 400 74" role="img" aria-label="${`Time per submission: median ${duration(half)}, longest ${duration(longest)}`}">
<line class="track" x1="12" x2="388" y1="54" y2="54"/><line class="midline" x1="${at(place(half))}" x2="${at(place(half))}" y1="14" y2="60"/>
${discs}
<text class="strong" x="${at(Math.min(Math.max(place(half), 60), 340))}" y="10" text-anchor="middle">median ${duration(half)}</text>
<text x="12" y="70">0 s</text><text x="388" y="70" text-anchor="end">${duration(longest)}</text>
</svg>`;
}

/** A disc passes, a cross does not. */
export function sign(x: number, y: number, passed: boolean, weight = '', radius = 7): Markup {
  if (passed) return markup`<circle class="fine ${weight}" cx="${at(x)}" cy="${at(y)}" r="${radius}"/>`;
  const d = radius * 0.8;
  return markup`<path class="off ${weight}" d="M${at(x - d)} ${at(y - d)}L${at(x + d)} ${at(y + d)}M${at(x - d)} ${at(y + d)}L${at(x + d)} ${at(y - d)}"/>`;
}

/** NaN where a result read from its file holds null, JSON's only way to say that a number is not finite. */
function finite(value: number | null): number {
  return value ?? NaN;
}

export function at(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}
