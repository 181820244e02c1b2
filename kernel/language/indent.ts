const unit = '  ';
const closers: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'};
/** After one of these, `/` begins a regular expression: an operand is expected. */
const beforeOperand = /(?:^|[([{,;:=<>!&|?+\-*%~^}]|\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield|throw|new))\s*$/;

const expression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//y;

/** What is open at the end of some code: brackets with the place of each, or the text that the end stands in. */
interface Open {
  readonly brackets: readonly {readonly closer: string; readonly at: number}[];
  readonly inText: boolean;
}

/** How far to indent the line that follows unfinished code: two spaces more than the line of the deepest open bracket; text is left alone. */
export function nextIndent(code: string): string {
  const {brackets, inText} = openAtEnd(code);
  if (inText) return '';
  const deepest = brackets.at(-1);
  if (deepest) return indentAt(code, deepest.at) + unit;
  const last = indentAt(code, code.trimEnd().length);
  return /=>\s*$/.test(code) ? last + unit : last;
}

function indentAt(code: string, at: number): string {
  const line = code.slice(code.lastIndexOf('\n', at - 1) + 1);
  return /^[ \t]*/.exec(line)![0];
}

function openAtEnd(code: string): Open {
  const brackets: {closer: string; at: number}[] = [];
  let at = 0;
  while (at < code.length) {
    const char = code[at]!;
    const top = brackets.at(-1);
    if (top?.closer === '`' && char !== '`' && !code.startsWith('${', at)) at += char === '\\' ? 2 : 1;
    else if (char === '`') {
      if (top?.closer === '`') brackets.pop();
      else brackets.push({closer: '`', at});
      at++;
    } else if (code.startsWith('${', at) && top?.closer === '`') {
      brackets.push({closer: '}', at});
      at += 2;
    } else if (char in closers) {
      brackets.push({closer: closers[char]!, at});
      at++;
    } else if (char === top?.closer) {
      brackets.pop();
      at++;
    } else {
      const end = endOfText(code, at);
      if (end > code.length) return {brackets, inText: true};
      at = end;
    }
  }
  return {brackets, inText: brackets.at(-1)?.closer === '`'};
}

/** Where the string, comment or regular expression that begins here ends; the next place where none does; beyond the end where it is open. */
function endOfText(code: string, at: number): number {
  if (code.startsWith('//', at)) {
    const end = code.indexOf('\n', at);
    return end < 0 ? code.length : end;
  }
  if (code.startsWith('/*', at)) {
    const end = code.indexOf('*/', at + 2);
    return end < 0 ? code.length + 1 : end + 2;
  }
  if (code[at] === '"' || code[at] === "'") return endOfString(code, at);
  if (code[at] !== '/' || !beforeOperand.test(code.slice(Math.max(0, at - 40), at))) return at + 1;
  expression.lastIndex = at;
  return expression.test(code) ? expression.lastIndex : at + 1;
}

/** A string ends with its line at the latest. */
function endOfString(code: string, at: number): number {
  let end = at + 1;
  while (end < code.length && code[end] !== code[at] && code[end] !== '\n') end += code[end] === '\\' ? 2 : 1;
  return Math.min(end + 1, code.length);
}
