import type {Place} from './sources.ts';

/** The lines around a place, numbered, with a caret under the column. */
export function codeFrame(source: string, {line, column}: Place): string[] {
  const lines = source.split(/\r?\n/);
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const shown: string[] = [];
  for (let n = first; n <= last; n++) {
    const text = lines[n - 1]!;
    shown.push(`${n === line ? '>' : ' '} ${String(n).padStart(width)} | ${text.slice(0, 200)}`);
    // The caret keeps tabs, so that it stands under its column.
    if (n === line && column <= 200) shown.push(`  ${' '.repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`);
  }
  return shown;
}
