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
} as const;

/** A table; the first row is its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], caption: string): string {
  const cell = `style="padding: 2px 8px; text-align: right; border-bottom: 1px solid ${theme.line}"`;
  const cells = (tag: 'td' | 'th', texts: readonly string[]): string =>
    texts.map(text => `<${tag} ${cell}>${escapeHtml(text)}</${tag}>`).join('');
  const header = head.length ? `<thead><tr>${cells('th', head)}</tr></thead>` : '';
  return (
    `<table style="border-collapse: collapse; color: ${theme.text}; font-variant-numeric: tabular-nums">` +
    `<caption style="text-align: left; color: ${theme.faint}">${escapeHtml(caption)}</caption>` +
    `${header}<tbody>${rows.map(row => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table>`
  );
}

/** A number as short as it can be read. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
