import type {CheckResult} from '../../checking/types.ts';
import {type Markup, markup} from './markup.ts';
import {counted, numberText} from './numbers.ts';
import {at, sign} from './picture.ts';

/** A measurement that says what it cost. */
export type Costed = NonNullable<CheckResult['measurement']> & Required<Pick<NonNullable<CheckResult['measurement']>, 'cost'>>;

interface FrontPoint {
  readonly cost: number;
  readonly measured: number;
  readonly passed: boolean;
}

/** A point that nobody beats, and those who reached it. */
interface FrontEntry extends FrontPoint {
  /** The first few. */
  readonly learners: string[];
  count: number;
}

/** So many learners of one point are named. */
const named = 3;
/** So many points are drawn, beside the front's. */
const most = 500;

/**
 * The answers to one task whose checks say what the measured value cost: bytes, say. An answer beats another where it costs no more and measures no
 * worse, and one of both is better; those that nobody beats are the Pareto front. A class of any size takes the memory of its front and of a picture.
 */
export class FrontFigures {
  /** By cost, the least first. */
  front: readonly FrontEntry[] = [];
  readonly drawn: FrontPoint[] = [];
  total = 0;
  readonly unit: string;
  readonly costUnit: string;
  /** Whether a lower measured value is better: -1, or 1. */
  readonly direction: 1 | -1;

  constructor({unit, cost, comparison}: Costed) {
    this.unit = unit;
    this.costUnit = cost.unit;
    this.direction = comparison.startsWith('>') ? 1 : -1;
  }

  add(learner: string, {measured, cost}: Costed, passed: boolean): void {
    const point = {cost: cost.value, measured, passed};
    this.total++;
    if (this.drawn.length < most) this.drawn.push(point);
    const same = this.front.find(entry => entry.cost === point.cost && entry.measured === measured);
    if (same) {
      same.count++;
      if (same.learners.length < named && !same.learners.includes(learner)) same.learners.push(learner);
    } else if (!this.front.some(entry => this.beats(entry, point)))
      this.front = [...this.front.filter(entry => !this.beats(point, entry)), {...point, learners: [learner], count: 1}].sort(
        (a, b) => a.cost - b.cost,
      );
  }

  private beats(one: FrontPoint, other: FrontPoint): boolean {
    const [cheaper, better] = [other.cost - one.cost, this.direction * (one.measured - other.measured)];
    return cheaper >= 0 && better >= 0 && (cheaper > 0 || better > 0);
  }
}

/** Each measurement over its cost: top left is best; the line is the front. */
export function frontPicture({front, drawn, total, unit, costUnit, direction}: FrontFigures): Markup {
  const [left, right, top, bottom] = [64, 508, 34, 166];
  const [least, greatest] = ends([...drawn, ...front].map(({cost}) => cost));
  const [low, high] = ends([...drawn, ...front].map(({measured}) => measured));
  const [worst, best] = direction === 1 ? [low, high] : [high, low];
  const x = ({cost}: FrontPoint): number => left + ((right - left) * (cost - least)) / (greatest - least);
  const y = ({measured}: FrontPoint): number => bottom - ((bottom - top) * (measured - worst)) / (best - worst);
  const [first, ...rest] = front;
  const steps = rest.map(point => `H${at(x(point))}V${at(y(point))}`).join('');
  const words = front.map(({cost, measured}) => `${numberText(measured, 3)} at ${numberText(cost)}`);
  return markup`<svg class="chart" viewBox="0 0 520 210" role="img" aria-label="${`${counted(total, 'measurement')}, ${unit} by ${costUnit}; nobody beats ${words.join('; ')}`}">
<line class="track" x1="${left}" x2="${right}" y1="${bottom + 14}" y2="${bottom + 14}"/>
<path class="front" d="M${at(x(first!))} ${at(y(first!))}${steps}H${right}"/>
${drawn.map(point => sign(x(point), y(point), point.passed, 'thin', 4))}
${front.map(point => sign(x(point), y(point), point.passed))}
<text x="0" y="12">${unit}</text><text x="0" y="${top + 4}">${numberText(best, 3)}</text><text x="0" y="${bottom + 4}">${numberText(worst, 3)}</text>
<text x="${left}" y="200">${numberText(least)}</text><text x="260" y="200" text-anchor="middle">${costUnit}</text><text x="${right}" y="200" text-anchor="end">${numberText(greatest)}</text>
</svg>`;
}

function ends(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 1, high + 1] : [low, high];
}
