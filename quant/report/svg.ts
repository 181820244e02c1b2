/** Text as it stands in XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

export interface SvgDocument {
  readonly width: number;
  readonly height: number;
  /** What the picture says, for those who do not see it. */
  readonly alt: string;
  readonly parts: readonly string[];
}

/**
 * An SVG file that needs nothing else: as wide as its place at most, dark where the reader's system is, and in the theme of the notebook that it stands
 * in. Its classes are `faint`, `line`, `before`, `after`, `bad`.
 */
export function svgDocument({width, height, alt, parts}: SvgDocument): string {
  const words = escapeXml(alt);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="snapgrid-report" role="img" aria-label="${words}" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}"><title>${words}</title><style>${style}</style>` +
    `<rect class="ground" width="${width}" height="${height}"/>${parts.join('')}</svg>\n`
  );
}

/** Colours that stand out from their ground by 3:1 at least, text by 4.5:1. */
const light = {ground: '#ffffff', text: '#1f2328', faint: '#59636e', line: '#d1d9e0', before: '#858e98', after: '#1565c0', bad: '#c62828'};
const dark = {ground: '#111418', text: '#e6edf3', faint: '#9198a1', line: '#3d444d', before: '#858e98', after: '#64b5f6', bad: '#ef9a9a'};

function rules({ground, text, faint, line, before, after, bad}: typeof light): string {
  const own = '.snapgrid-report';
  return (
    `${own} text{fill:var(--jp-content-font-color1,${text})}${own} .faint{fill:var(--jp-content-font-color2,${faint})}` +
    `${own} .ground{fill:var(--jp-layout-color0,${ground})}${own} .line{stroke:var(--jp-border-color2,${line})}` +
    `${own} .before{fill:${before}}${own} .after{fill:var(--jp-brand-color1,${after})}${own} .bad{fill:var(--jp-error-color1,${bad})}`
  );
}

const style =
  `.snapgrid-report{max-width:100%;height:auto;font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums}${rules(light)}` +
  `@media(prefers-color-scheme:dark){${rules(dark)}}`;

export interface TextOptions {
  readonly anchor?: 'start' | 'end';
  readonly kind?: 'faint' | 'bad';
  readonly bold?: boolean;
}

/** One line of text; what is longer than `room` characters loses its middle, which names differ in least. */
export function svgText(x: number, y: number, text: string, room: number, {anchor = 'start', kind, bold}: TextOptions = {}): string {
  const shown = text.length <= room ? text : `${text.slice(0, Math.ceil(room / 2) - 1)}…${text.slice(text.length - Math.floor(room / 2))}`;
  const attributes = `${anchor === 'end' ? ' text-anchor="end"' : ''}${kind ? ` class="${kind}"` : ''}${bold ? ' font-weight="600"' : ''}`;
  return `<text x="${x}" y="${y}"${attributes}>${escapeXml(shown)}</text>`;
}

/** A bar from the left; one that is not empty is at least half a pixel wide. */
export function svgBar(x: number, y: number, length: number, thickness: number, kind: 'before' | 'after' | 'bad'): string {
  const width = length > 0 ? Math.max(length, 0.5) : 0;
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width.toFixed(1)}" height="${thickness}" rx="1.5"/>`;
}
