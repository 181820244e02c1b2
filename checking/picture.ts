import type {PlotOptions} from '@observablehq/plot';
import type {MeasurementPicture} from './types.ts';
import {escapeHtml} from './report.ts';

/** Of JupyterLab's theme, so that they stand out on light and on dark. */
const colours = [
  'var(--jp-brand-color1, #1976d2)',
  'var(--jp-warn-color1, #ef6c00)',
  'var(--jp-success-color1, #388e3c)',
  'var(--jp-error-color1, #d32f2f)',
];

/** Draws a check's picture as SVG with a caption. Observable Plot and a document are loaded by the first picture: most checks have none. */
export async function pictureSvg(picture: MeasurementPicture): Promise<string> {
  const [Plot, {JSDOM}] = await Promise.all([import('@observablehq/plot'), loadJsdom()]);
  const points = picture.series.flatMap(({label, x, y}) => Array.from(x, (value, i) => ({label, x: value, y: y[i] ?? Number.NaN})));
  const single = picture.series.length === 1 ? picture.series[0]!.label : null;
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
    x: {label: null},
    y: {label: single},
    color: {legend: false, domain: picture.series.map(({label}) => label), range: colours},
    ariaLabel: picture.title,
    style: {background: 'transparent', color: 'currentColor'},
    marks: [Plot.ruleY([0]), ...marks],
  });
  svg.setAttribute('role', 'img');
  const key =
    single === null
      ? picture.series.map(
          ({label}, i) => `<br><span aria-hidden="true" style="color:${colours[i % colours.length]}">■</span> ${escapeHtml(label)}`,
        )
      : [];
  return `<figure style="margin:.4em 0 .4em 1.2em"><figcaption>${escapeHtml(picture.title)}${key.join('')}</figcaption>${svg.outerHTML}</figure>`;
}

/** jsdom carries no types, and its published ones would add a browser's globals to the whole project. */
async function loadJsdom(): Promise<{
  readonly JSDOM: new (html: string) => {readonly window: {readonly document: NonNullable<PlotOptions['document']>}};
}> {
  const specifier: string = 'jsdom';
  return import(specifier);
}
