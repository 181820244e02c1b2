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

/** A table with a caption. Colours follow the page's theme; one that is too wide scrolls by itself. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], caption: string): string {
  const styles = columns.map(({align}) => cellStyle(align));
  const cells = (tag: 'td' | 'th', inner: readonly string[]): string =>
    inner.map((text, i) => `<${tag} style="${styles[i] ?? cellStyle()}">${text}</${tag}>`).join('');
  const heads = columns.map(
    ({name, note}) =>
      escapeHtml(name) + (note ? `<br><small style="font-weight: normal; color: ${theme.faint}">${escapeHtml(note)}</small>` : ''),
  );
  const header = heads.length ? `<thead><tr>${cells('th', heads)}</tr></thead>` : '';
  const body = rows.map(row => `<tr>${cells('td', row.map(escapeHtml))}</tr>`).join('');
  return (
    `<div style="overflow-x: auto"><table style="border-collapse: collapse; margin: 4px 0; color: ${theme.text}; font-variant-numeric: tabular-nums">` +
    `<caption style="text-align: left; color: ${theme.faint}">${escapeHtml(caption)}</caption>${header}<tbody>${body}</tbody></table></div>`
  );
}

const cellStyle = (align: 'left' | 'right' = 'right'): string =>
  `padding: 2px 8px; text-align: ${align}; vertical-align: top; max-width: 40em; overflow-wrap: anywhere; border-bottom: 1px solid ${theme.line}`;

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
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
