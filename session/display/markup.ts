/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

/** Colours of JupyterLab's theme, light or dark, with fallbacks for pages that have none. */
export const theme = {
  text: 'var(--jp-ui-font-color1, currentColor)',
  faint: 'var(--jp-ui-font-color2, currentColor)',
  line: 'var(--jp-border-color2, #8884)',
  accent: 'var(--jp-brand-color1, #1976d2)',
  good: 'var(--jp-success-color1, #388e3c)',
  warn: 'var(--jp-warn-color1, #f57c00)',
} as const;

export interface Column {
  readonly name: string;
  /** In small letters under the name: a type, a unit. */
  readonly note?: string;
  /** Numbers stand at the right, which is what is taken where nothing is said. */
  readonly align?: 'left' | 'right';
}

/** A table under its caption. Colours follow the page's theme; one that is too wide scrolls by itself. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], caption: string): string {
  const cell = (tag: 'td' | 'th', inner: string, i: number, length: number): string =>
    `<${tag} style="${cellStyle(columns[i]?.align, length)}">${inner}</${tag}>`;
  const heads = columns.map(({name, note}, i) => {
    const small = note ? `<br><small style="font-weight: normal; color: ${theme.faint}">${escapeHtml(note)}</small>` : '';
    return cell('th', escapeHtml(name) + small, i, name.length);
  });
  const header = heads.length ? `<thead><tr>${heads.join('')}</tr></thead>` : '';
  const body = rows.map(row => `<tr>${row.map((text, i) => cell('td', escapeHtml(text), i, text.length)).join('')}</tr>`);
  const above = caption ? `<div style="color: ${theme.faint}">${escapeHtml(caption)}</div>` : '';
  return (
    `<div style="overflow-x: auto">${above}<table aria-label="${escapeHtml(caption)}" style="border-collapse: collapse; margin: 4px 0; ` +
    `color: ${theme.text}; font-variant-numeric: tabular-nums">${header}<tbody>${body.join('')}</tbody></table></div>`
  );
}

/** Longer texts are broken into lines. */
const longestLine = 36;

const cellStyle = (align: 'left' | 'right' = 'right', length: number): string =>
  `padding: 2px 8px; text-align: ${align}; vertical-align: top; border-bottom: 1px solid ${theme.line}; ` +
  (length > longestLine ? 'min-width: 16em; max-width: 40em; overflow-wrap: break-word' : 'white-space: nowrap');

const widestText = 40;

/** The same table in letters. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], caption: string): string {
  const lines = [columns.map(({name}) => name), ...rows].map(row => row.map(text => shorten(text.replaceAll(/\s+/g, ' '), widestText)));
  const widths = columns.map((_, i) => Math.max(...lines.map(line => line[i]?.length ?? 0)));
  const pad = (text: string, i: number): string => (columns[i]?.align === 'left' ? text.padEnd(widths[i]!) : text.padStart(widths[i]!));
  const [head, ...body] = lines.map(line => line.map(pad).join('  ').trimEnd());
  return [head, widths.map(width => '─'.repeat(width)).join('  '), ...body, ...(caption ? [caption] : [])].join('\n');
}

export const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** `1 row`, `1,234 rows` */
export const counted = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** `12 KB`, in steps of 1024. */
export function bytesText(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  if (bytes < 1024) return counted(bytes, 'byte');
  const step = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** step).toPrecision(3)).toLocaleString('en')} ${units[step - 1]}`;
}

/** A number as short as it can be read. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (Number.isInteger(value) && size < 1e15)) return String(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
