import {toBundle} from '../display/bundle.ts';
import {cutText} from '../display/text.ts';
import {describeThrown} from '../evaluate/errors.ts';
import type {MimeBundle} from '../wire/messages.ts';

/** What the page draws below the inputs. */
export interface Picture {
  readonly kind: 'markup' | 'image' | 'text' | 'error';
  readonly content: string;
  readonly alt?: string;
  /** What the function printed, below it. */
  readonly printed?: string;
}

export const nothing: Picture = {kind: 'text', content: ''};

/** What a view's function gave, as any value is shown; a promise only where showing takes one. */
export function pictureOf(value: unknown): Picture | Promise<Picture> {
  if (value === undefined) return nothing;
  if (typeof value === 'string') return {kind: 'text', content: cutText(value)};
  const bundle = toBundle(value);
  return bundle instanceof Promise ? bundle.then(fromBundle) : fromBundle(bundle);
}

export function pictureOfError(error: unknown): Picture {
  return {kind: 'error', content: describeThrown(error).traceback.join('\n')};
}

function fromBundle(bundle: MimeBundle): Picture {
  const of = (mime: string): string | undefined => {
    const data = bundle[mime];
    return typeof data === 'string' ? data : undefined;
  };
  const plain = of('text/plain') ?? '';
  const markup = of('image/svg+xml') ?? of('text/html');
  if (markup !== undefined) return {kind: 'markup', content: markup, alt: plain};
  for (const mime of ['image/png', 'image/jpeg', 'image/gif']) {
    const data = of(mime);
    if (data !== undefined) return {kind: 'image', content: `data:${mime};base64,${data}`, alt: plain};
  }
  return {kind: 'text', content: plain};
}

/** The same as an output of the notebook's own: what is seen where no kernel runs. An SVG stays one, which every viewer of notebooks shows. */
export function outputOf({kind, content, alt = ''}: Picture): MimeBundle {
  if (kind === 'image') {
    const [, mime = '', data = ''] = /^data:([^;]*);base64,(.*)$/s.exec(content) ?? [];
    return {'text/plain': alt, [mime]: data};
  }
  if (kind !== 'markup') return {'text/plain': content};
  const drawn = /^\s*<svg[\s>]/i.test(content) ? standingAlone(content.trim()) : undefined;
  return {'text/plain': alt, ...(drawn ? {'image/svg+xml': drawn} : {'text/html': content})};
}

/** An SVG as a file of its own: it names its language, and knows nothing of the colours of a page. */
function standingAlone(svg: string): string {
  const opening = /^<svg\b[^>]*>/i.exec(svg)?.[0] ?? '';
  const names = [
    ['xmlns', 'http://www.w3.org/2000/svg'],
    ['xmlns:xlink', 'http://www.w3.org/1999/xlink'],
  ].flatMap(([name, value]) => (opening.includes(` ${name}=`) ? [] : [` ${name}="${value}"`]));
  const style = /\sstyle="([^"]*)"/.exec(opening)?.[1] ?? '';
  const attributes = opening.slice('<svg'.length).replace(/\sstyle="[^"]*"/, '');
  const own = style.split(';').filter(each => each.trim() && !/^\s*background(-color)?\s*:/.test(each));
  const paper = [...own, 'background:#fff', 'color:#222'].join(';');
  // HTML names characters that XML does not know.
  return `<svg${names.join('')} style="${paper}"${attributes}${svg.slice(opening.length)}`.replaceAll('&nbsp;', '&#160;');
}
