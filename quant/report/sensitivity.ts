import type {Sensitivity, SensitivityScan} from '../methods/sensitivity/sensitivity-scan.ts';
import {svgBar, svgDocument, svgText} from './svg.ts';
import {describeBytes, textTable} from './table.ts';

const width = 360;
const margin = 12;
const barHeight = 13;
/** Where bars begin and end; the candidate's name is left of them, the number right. */
const [barsFrom, barsTo] = [margin + 62, width - margin - 62];

/**
 * A scan to be read: what each layer's quantization adds to the loss. `String(report)` is its table, layer by layer; a cell that ends with it shows its
 * picture; `JSON.stringify(report)` gives the scan back.
 */
export class SensitivityReport<Choice> implements SensitivityScan<Choice> {
  readonly baseline: number;
  readonly entries: readonly Sensitivity<Choice>[];

  /** @param title what was scanned, or what the loss is */
  constructor(
    {baseline, entries}: SensitivityScan<Choice>,
    readonly title = 'Sensitivity, one layer at a time',
  ) {
    this.baseline = baseline;
    this.entries = entries;
  }

  /** The table as text. */
  toString(): string {
    return textTable(
      ['layer', 'quantized', 'bytes', 'loss', 'increase'],
      [
        ['none', 'float', '-', short(this.baseline), '-'],
        ...this.entries.map(({layer, choice, bytes, loss, increase}) => [
          layer,
          nameOf(choice),
          describeBytes(bytes),
          short(loss),
          short(increase),
        ]),
      ],
    );
  }

  /** The picture: an SVG file that needs nothing else, a bar for each candidate of each layer, as long as it adds to the loss. */
  picture(): string {
    const {title, baseline, entries} = this;
    const layers = [...new Set(entries.map(({layer}) => layer))];
    const largest = Math.max(...entries.map(({increase}) => increase), Number.MIN_VALUE);
    const fact = `loss in float ${short(baseline)}; bars: what it grows by, ${short(largest)} at most`;
    const parts = [svgText(margin, 24, title, 48, {bold: true}), svgText(margin, 42, fact, 58, {kind: 'faint'})];
    let y = 54;
    for (const layer of layers) {
      parts.push(`<line class="line" x1="${margin}" x2="${width - margin}" y1="${y}" y2="${y}"/>`, svgText(margin, y + 17, layer, 50));
      y += 24;
      for (const entry of entries.filter(entry => entry.layer === layer)) {
        const length = Math.max(0, entry.increase / largest) * (barsTo - barsFrom);
        parts.push(
          svgText(margin, y + 10, nameOf(entry.choice), 10, {kind: 'faint'}),
          svgBar(barsFrom, y + 2, length, 9, entry.increase === largest ? 'bad' : 'after'),
          svgText(width - margin, y + 10, short(entry.increase), 10, {anchor: 'end'}),
        );
        y += barHeight + 2;
      }
      y += 6;
    }
    const said = entries.map(({layer, choice, increase}) => `${layer} in ${nameOf(choice)}: ${short(increase)}`);
    return svgDocument({width, height: y + 4, alt: [title, fact, ...said].join('. '), parts});
  }

  /** How notebooks show it. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return {'text/plain': this.toString(), 'text/html': this.picture()};
  }
}

/** A candidate in a word: its bits where it has some. */
function nameOf(choice: unknown): string {
  if (typeof choice === 'number') return `${choice} bits`;
  if (typeof choice === 'object' && choice !== null && 'bits' in choice) return `${String(choice.bits)} bits`;
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
