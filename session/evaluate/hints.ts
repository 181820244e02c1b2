/** Names that people bring along from Python or from the browser, and what a cell writes in their place. */
const names = new Map([
  ['print', 'Python’s print is console.log(…) in TypeScript.'],
  ['len', 'Python’s len(x) is x.length in TypeScript.'],
  ['range', 'Python’s range is a loop in TypeScript: for (let i = 0; i < n; i++) { … }'],
  ['str', 'Python’s str(x) is String(x) in TypeScript, or `${x}` inside a text.'],
  ['int', 'Python’s int(x) is Math.trunc(Number(x)) in TypeScript.'],
  ['float', 'Python’s float(x) is Number(x) in TypeScript.'],
  ['True', 'Python’s True is true in TypeScript.'],
  ['False', 'Python’s False is false in TypeScript.'],
  ['None', 'Python’s None is null or undefined in TypeScript.'],
  ['help', 'For help about a name, write name? in a cell.'],
  ['tf', "Import it first: import * as tf from '@tensorflow/tfjs-node-gpu'"],
  ['document', 'Cells run in Node, not on the page: display(html`…`) of snapgrid/display shows HTML.'],
  ['window', 'Cells run in Node, not on the page: what a browser has is globalThis here.'],
]);

/** Lines of Python, and of IPython, with what they are in TypeScript. The parser has refused the line already; it stopped near the match. */
const lines: readonly (readonly [RegExp, string])[] = [
  [/^\s*import\s+[\w.]+(?:\s+as\s+\w+)?\s*$/, "Python’s import is, in TypeScript, import * as name from 'package'."],
  [/^\s*from\s+[\w.]+\s+import\b.*/, "Python’s from … import is, in TypeScript, import {name} from 'package'."],
  [/^\s*def\s+\w+\s*\(.*/, 'Python’s def is, in TypeScript, function name(x: number) { return x }.'],
  [/^\s*for\s+\w+\s+in\b.*/, 'Python’s for … in is, in TypeScript, for (const x of list) { … }.'],
  [/^\s*(?:if|elif|else|while|class|try|with)\b[^{]*:\s*\S*$/, 'Blocks stand in braces in TypeScript: if (x > 0) { … } else { … }.'],
  [/\[.+\bfor\s+\w+\s+in\b.*\]/, 'Python’s [f(x) for x in list] is, in TypeScript, list.map(x => f(x)).'],
  [/\blambda\b.*/, 'Python’s lambda x: … is, in TypeScript, x => ….'],
  [/^\s*print\s.*/, names.get('print')!],
  [/^\s*#(?!!).*/, 'Comments begin with // in TypeScript.'],
  [/^\s*%.*/, 'Expected TypeScript, got a magic of IPython, which this kernel does not have.'],
  [/\s(?:and|or)\s|\bnot\s/, 'Python’s and, or, not are &&, ||, ! in TypeScript.'],
  [/\b[rf]['"]/, 'Python’s f"{x}" is, in TypeScript, `${x}` between backticks.'],
];

/** A next step for who met an unknown name, if it is known from elsewhere. */
export function hintForError(name: string, message: string): string | undefined {
  const [, unknown = ''] = name === 'ReferenceError' ? (/^(\S+) is not defined$/.exec(message) ?? []) : [];
  return names.get(unknown);
}

/** A next step for a line that is Python where `column`, from 1, is the place that the parser stopped at. */
export function hintForLine(line: string, column: number): string | undefined {
  return lines.find(([pattern]) => {
    const match = pattern.exec(line);
    return match !== null && match.index <= column && column - 1 <= match.index + match[0].length;
  })?.[1];
}
