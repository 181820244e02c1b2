import type {Diagnostic, DiagnosticSeverity} from 'vscode-languageserver-protocol';

export interface DiagnosticReport {
  readonly items?: readonly Diagnostic[];
}

export interface Examined {
  readonly name: string;
  readonly code: string;
  readonly headerLines: number;
  readonly report: DiagnosticReport | undefined;
}

/**
 * `any` for want of an annotation or of a package's types: its writer's choice, no error. Switching noImplicitAny off instead would
 * make `const list = []` a list of nothing.
 */
const missingTypes = [2875, 7017, 7005, 7006, 7008, 7010, 7011, 7016, 7018, 7019, 7022, 7023, 7024, 7026, 7031, 7034];
/** What a parser says: the cell does not run, and says it itself. */
const ofParsers = new Set<unknown>([
  1002, 1003, 1005, 1009, 1010, 1109, 1110, 1121, 1124, 1125, 1126, 1127, 1128, 1129, 1130, 1131, 1132, 1134, 1135, 1136, 1137, 1138, 1141,
  1142, 1160, 1161, 1381, 1382, 1434, 1435, 17002, 17008,
]);
/** True of a cell's module, not of the cell: `import x = require('x')` and `export =` in a module, a block that adds to a name of an earlier cell. */
const ofModules = [1202, 1203, 2309, 2395];
/** What `declare global` declares is declared again when its cell runs again. */
const ofGlobals = [2300, 2403, 2451, 2717];
const again = new Set<unknown>(ofGlobals);
const notShown = new Set<unknown>([...missingTypes, ...ofModules]);
const mostShown = 10;
const isError: DiagnosticSeverity = 1;

/** The errors in a cell's types, each with its place and the line it stands in; '' when there are none. */
export function complaintsOf({name, code, headerLines, report}: Examined): string {
  const lines = code.split('\n');
  if (report?.items?.some(({code: number}) => ofParsers.has(number))) return '';
  const isGlobal = /\bdeclare\s+(?:global|module)\b/.test(code);
  const errors = (report?.items ?? []).filter(({severity, code: number, range: {start}}) => {
    const line = start.line - headerLines;
    return severity === isError && !notShown.has(number) && !(isGlobal && again.has(number)) && line >= 0 && line < lines.length;
  });
  const shown = errors.slice(0, mostShown).map(({range: {start, end}, message, code: number}) => {
    const line = start.line - headerLines;
    const text = lines[line]!;
    const width = Math.max(1, (end.line === start.line ? end.character : text.length) - start.character);
    return `Type warning, ${name}, line ${line + 1}: ${message} (TS${number})\n    ${text}\n    ${text.slice(0, start.character).replace(/[^\t]/g, ' ')}${'^'.repeat(width)}\n`;
  });
  const more = errors.length - shown.length;
  return shown.join('') + (more > 0 ? `${name}: ${more} more type warnings\n` : '');
}
