import {randomUUID} from 'node:crypto';
import {deflateSync} from 'node:zlib';
import {displaySymbol} from '../display/bundle.ts';
import {escapeHtml, theme} from '../display/markup.ts';
import type {Displayable} from '../display/rich.ts';
import {plainText} from '../display/text.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {disposeTensors, nextTensorId, tensorsMade} from './given.ts';
import {type Choice, Input} from './inputs.ts';
import {type Picture, pictureOf, pictureOfError} from './picture.ts';

type Values<I extends readonly unknown[]> = {readonly [K in keyof I]: I[K] extends Input<infer T> ? T : never};
type Draw = (...values: readonly unknown[]) => unknown;

export interface FlipbookOptions<T = unknown> {
  /** What the values are called: `bits`. Inputs bring their own labels. */
  readonly label?: string;
  /** Where it is opened; at the first value if not given. Inputs are opened where they are. */
  readonly start?: T;
}

/** One of the things that its reader can change. */
interface Axis {
  readonly label: string;
  readonly choices: readonly Choice<unknown>[];
  /** Position of the value at which it is opened. */
  readonly start: number;
  readonly control: 'range' | 'select';
}

/** All are drawn at once, and all are saved with the notebook. */
const mostPictures = 600;

/**
 * A picture that still moves where no kernel runs, as in a saved HTML page: one is drawn beforehand for each value (or each combination of
 * values of several inputs), and an input of the page's own turns the leaves. `flipbook([2, 4, 8], bits => draw(bits), {label: 'bits'})`.
 * The pictures are drawn when it is shown; where nothing is shown (grading), none is.
 * @throws RangeError where there is nothing to draw, or too much
 */
export function flipbook<const T>(values: readonly T[], draw: (value: T) => unknown, options?: FlipbookOptions<T>): Displayable;
export function flipbook<T>(input: Input<T>, draw: (value: T) => unknown): Displayable;
export function flipbook<const I extends readonly Input<never>[]>(inputs: I, draw: (...values: Values<I>) => unknown): Displayable;
export function flipbook(
  given: readonly unknown[] | Input<unknown>,
  draw: (...values: never[]) => unknown,
  options: FlipbookOptions = {},
): Displayable {
  const axes = axesOf(given, options);
  const count = axes.reduce((product, axis) => product * axis.choices.length, 1);
  if (count < 1) throw new RangeError('Expected values to draw pictures for, got none');
  if (count > mostPictures)
    throw new RangeError(
      `Expected at most ${mostPictures} pictures in a flipbook, got ${count}; leave some values out, or take larger steps`,
    );
  return {[displaySymbol]: () => bundleOf(axes, draw as Draw)};
}

function axesOf(given: readonly unknown[] | Input<unknown>, {label = 'value', start}: FlipbookOptions): Axis[] {
  const list = given instanceof Input ? [given] : given;
  if (list.length && list.every(each => each instanceof Input)) return list.map(axisOf);
  const choices = list.map(value => ({value, text: typeof value === 'string' ? value : plainText(value)}));
  const at = start === undefined ? 0 : list.indexOf(start);
  if (at < 0) throw new RangeError(`Expected start to be one of the values, got ${plainText(start)}`);
  return [{label, choices, start: at, control: 'range'}];
}

function axisOf(input: Input<unknown>): Axis {
  const {choices, label} = input;
  const start = choices.findIndex(({value}) => Object.is(value, input.value));
  return {label, choices, start: Math.max(start, 0), control: input.spec.kind === 'slider' ? 'range' : 'select'};
}

async function bundleOf(axes: readonly Axis[], draw: Draw): Promise<MimeBundle> {
  const pictures: Picture[] = [];
  for (const values of combinations(axes)) pictures.push(await drawn(() => draw(...values)));
  const opened = pictures[axes.reduce((index, axis) => index * axis.choices.length + axis.start, 0)]!;
  const caption = axes.map(axis => `${axis.label} = ${axis.choices[axis.start]!.text}`).join(' · ');
  const words = opened.kind === 'text' ? opened.content : (opened.alt ?? '');
  return {
    'text/plain': [`${caption} (one of ${pictures.length} pictures)`, ...(words ? [words] : [])].join('\n'),
    'text/html': page(axes, pictures.map(markupOf), markupOf(opened)),
  };
}

/** The last axis turns fastest. */
function combinations(axes: readonly Axis[]): unknown[][] {
  return axes.reduce<unknown[][]>((before, {choices}) => before.flatMap(values => choices.map(({value}) => [...values, value])), [[]]);
}

/** An error is a picture too: the others can still be seen. */
async function drawn(draw: () => unknown): Promise<Picture> {
  const since = nextTensorId();
  try {
    const value = await draw();
    const picture = await pictureOf(value);
    disposeTensors(tensorsMade(value, since));
    return picture;
  } catch (error) {
    return pictureOfError(error);
  }
}

function markupOf({kind, content, alt = ''}: Picture): string {
  if (kind === 'markup') return content;
  if (kind === 'image') return `<img src="${escapeHtml(content)}" alt="${escapeHtml(alt)}" style="max-width:100%">`;
  return `<pre${kind === 'error' ? ' role="alert"' : ''} style="white-space:pre-wrap;margin:0;color:inherit">${escapeHtml(content)}</pre>`;
}

function page(axes: readonly Axis[], pictures: readonly string[], opened: string): string {
  const id = `snapgrid-flipbook-${randomUUID()}`;
  const fields = axes.map((axis, i) => `<span style="display:inline-flex;align-items:center;gap:8px">${field(axis, `${id}-${i}`)}</span>`);
  // Drawn alike, the pictures are mostly the same text: packed, thirty take little more room than one.
  const packed = deflateSync(JSON.stringify(pictures), {level: 9}).toString('base64');
  const texts = axes.map(axis => axis.choices.map(choice => choice.text));
  return (
    `<div id="${id}" style="color:${theme.text};max-width:100%">` +
    `<div class="snapgrid-leaves" hidden><div style="display:flex;flex-wrap:wrap;gap:6px 20px;margin-bottom:6px">${fields.join('')}</div></div>` +
    `<div class="snapgrid-leaf" style="max-width:100%;overflow-x:auto">${opened}</div>` +
    `<script>(${turn})(document.getElementById("${id}"), ${inScript(texts)}, "${packed}")</script></div>`
  );
}

function field({label, choices, start, control}: Axis, id: string): string {
  // JupyterLab would take the arrow keys for its own.
  const own = `id="${id}" data-lm-suppress-shortcuts="true" style="accent-color:${theme.accent};font:inherit;min-width:0;max-width:100%"`;
  const named = `<label for="${id}">${escapeHtml(label)}</label>`;
  if (control === 'select') {
    const options = choices.map(({text}, i) => `<option${i === start ? ' selected' : ''}>${escapeHtml(text)}</option>`);
    const list = own.replace(
      'style="',
      'style="color:inherit;background:var(--jp-layout-color1, Field);border:1px solid;border-radius:3px;padding:3px 8px;',
    );
    return `${named}<select ${list}>${options.join('')}</select>`;
  }
  return (
    `${named}<input type="range" min="0" max="${choices.length - 1}" value="${start}" step="1" ${own}>` +
    `<output for="${id}" style="font-variant-numeric:tabular-nums;min-width:3ch">${escapeHtml(choices[start]!.text)}</output>`
  );
}

/** What a page does when its reader turns the leaves; without it (no script, an old browser) the opened picture stands there. Plain JavaScript, and short: it travels with every flipbook. */
const turn = `async (root, texts, packed) => {
  const bytes = Uint8Array.from(atob(packed), c => c.charCodeAt(0));
  const pictures = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json();
  const fields = [...root.querySelectorAll('input, select')];
  const show = () => {
    let index = 0;
    fields.forEach((field, i) => {
      const at = field.type === 'range' ? field.valueAsNumber : field.selectedIndex;
      index = index * texts[i].length + at;
      field.setAttribute('aria-valuetext', texts[i][at]);
      if (field.type === 'range') field.nextElementSibling.value = texts[i][at];
    });
    root.querySelector('.snapgrid-leaf').innerHTML = pictures[index];
  };
  for (const field of fields) field.addEventListener('input', show);
  root.querySelector('.snapgrid-leaves').hidden = false;
  show();
}`;

/** JSON that no HTML parser takes for the script's end. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
