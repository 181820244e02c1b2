import type {PlotOptions} from '@observablehq/plot';
import type {MeasurementPicture} from './types.ts';
import {escapeHtml} from './report.ts';

/** Draws a check's picture as SVG with a caption. Observable Plot and a document are loaded by the first picture: most checks have none. */
export async function pictureSvg(picture: MeasurementPicture): Promise<string> {
  const [Plot, {JSDOM}] = await Promise.all([import('@observablehq/plot'), loadJsdom()]);
  const points = picture.series.flatMap(({label, x, y}) => Array.from(x, (value, i) => ({label, x: value, y: y[i] ?? Number.NaN})));
  const marks = picture.series.map(({label, mark}) => {
    const own = points.filter(point => point.label === label);
    const channels = {x: 'x', y: 'y'};
    if (mark === 'line') return Plot.line(own, {...channels, stroke: 'label'});
    if (mark === 'dot') return Plot.dot(own, {...channels, stroke: 'label', r: 2});
    return Plot.rectY(own, {...channels, fill: 'label', interval: 1});
  });
  const svg = Plot.plot({
    document: new JSDOM('').window.document,
    width: 460,
    height: 220,
    grid: true,
    color: {legend: false},
    style: {background: 'transparent', color: 'currentColor'},
    marks: [Plot.ruleY([0]), ...marks],
  });
  const labels = picture.series.map(({label}) => label).join(', ');
  return `<figure style="margin:.4em 0 .4em 1.2em"><figcaption>${escapeHtml(`${picture.title} (${labels})`)}</figcaption>${svg.outerHTML}</figure>`;
}

/** jsdom carries no types, and its published ones would add a browser's globals to the whole project. */
async function loadJsdom(): Promise<{
  readonly JSDOM: new (html: string) => {readonly window: {readonly document: NonNullable<PlotOptions['document']>}};
}> {
  const specifier: string = 'jsdom';
  return import(specifier);
}
