import {writeFileSync} from 'node:fs';
import * as Plot from '@observablehq/plot';
import {drawingDocument} from '../session/display/plots.ts';

export interface Cost {
  readonly product: string;
  /** Columns, and rows. */
  readonly size: number;
  readonly seconds: number;
}

/** Draws what GPTQ costs by the layer's size, and what a cost of size³ would be, as an SVG that stands alone. */
export async function drawCost(file: string, costs: readonly Cost[]): Promise<void> {
  const [first] = costs;
  const sizes = [...new Set(costs.map(({size}) => size))];
  const cubic = sizes.map(size => ({size, seconds: first!.seconds * (size / first!.size) ** 3}));
  const channels = {x: 'size', y: 'seconds'};
  const picture = Plot.plot({
    document: drawingDocument() as NonNullable<Plot.PlotOptions['document']>,
    width: 640,
    height: 400,
    marginLeft: 60,
    marginBottom: 45,
    style: {background: 'white', color: '#222', fontSize: '13px'},
    ariaLabel: `Seconds of CPU that GPTQ takes: ${costs.map(({product, size, seconds}) => `${product} ${size}: ${seconds.toPrecision(2)}`).join('; ')}`,
    x: {
      type: 'log',
      base: 2,
      label: 'columns (and rows) of the layer',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: sizes,
      tickFormat: String,
    },
    y: {type: 'log', label: 'seconds of CPU, one thread', grid: true, tickFormat: '~g'},
    color: {domain: ['snapgrid', 'PyTorch'], range: ['#1565c0', '#c75000']},
    marks: [
      Plot.line(cubic, {...channels, stroke: '#888', strokeDasharray: '4 4'}),
      Plot.text(cubic.slice(-1), {...channels, text: () => 'size³', dy: -8, fill: '#666'}),
      Plot.line(costs, {...channels, stroke: 'product', strokeWidth: 2}),
      Plot.dot(costs, {...channels, fill: 'product'}),
      ...(['snapgrid', 'PyTorch'] as const).map((product, i) =>
        Plot.text(
          costs.filter(cost => cost.product === product && cost.size === sizes[1]),
          {...channels, text: 'product', fill: 'product', dx: i === 0 ? 40 : -30, dy: i === 0 ? 8 : -10},
        ),
      ),
    ],
  });
  // A file of its own, not part of a page.
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  picture.setAttribute('role', 'img');
  writeFileSync(file, `${picture.outerHTML}\n`);
  console.log(file);
}
