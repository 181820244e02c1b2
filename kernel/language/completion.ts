import type {CompletionItem, CompletionItemKind, CompletionList} from 'vscode-languageserver-protocol';
import type {ReplyContent} from '../protocol/messages.ts';
import {codePointsOf} from './code-points.ts';

export type {CompletionList} from 'vscode-languageserver-protocol';

export interface CompletionAnswer {
  readonly code: string;
  /** In UTF-16 units. */
  readonly cursor: number;
  readonly list: CompletionList | undefined;
  /** Lines that stand before the cell in the module that was asked about. */
  readonly headerLines: number;
}

/** As many as anybody scrolls through; the next letter narrows them. */
const mostMatches = 1000;

const kinds: Partial<Record<CompletionItemKind, string>> = {
  2: 'method',
  3: 'function',
  4: 'constructor',
  5: 'property',
  6: 'variable',
  7: 'class',
  8: 'interface',
  9: 'module',
  10: 'property',
  13: 'enum',
  14: 'keyword',
  17: 'path',
  19: 'path',
  20: 'enum',
  21: 'constant',
  22: 'struct',
  25: 'type',
};

/** What fits the word before the cursor, best first, with kinds for clients that show them. */
export function completionReply({code, cursor, list, headerLines}: CompletionAnswer): ReplyContent {
  const items = list?.items ?? [];
  const start = replacedFrom(items, code, cursor, headerLines);
  const typed = code.slice(start, cursor);
  const [from, to] = [codePointsOf(code, start), codePointsOf(code, cursor)];
  // One that replaces something else (`a.b` by `a["b c"]`) does not fit in one reply with the rest.
  const fitting = items
    .filter(item => editedFrom(item, code, headerLines) === undefined || editedFrom(item, code, headerLines) === start)
    .map(item => ({item, text: item.textEdit?.newText ?? item.insertText ?? item.label}))
    .filter(({text}) => text.toLowerCase().startsWith(typed.toLowerCase()));
  fitting.sort(
    (a, b) => rank(a, typed) - rank(b, typed) || compare(a.item.sortText ?? a.text, b.item.sortText ?? b.text) || compare(a.text, b.text),
  );
  const shown = [...new Map(fitting.map(match => [match.text, match])).values()].slice(0, mostMatches);
  return {
    status: 'ok',
    matches: shown.map(({text}) => text),
    cursor_start: from,
    cursor_end: to,
    metadata: {
      _jupyter_types_experimental: shown.map(({item, text}) => ({
        text,
        start: from,
        end: to,
        type: (item.kind && kinds[item.kind]) ?? '',
        signature: item.labelDetails?.detail ?? item.detail ?? '',
      })),
    },
  };
}

/** Where the replaced text begins: where the server says for all, else at the word before the cursor. */
function replacedFrom(items: readonly CompletionItem[], code: string, cursor: number, headerLines: number): number {
  const word = cursor - /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0].length;
  const starts = new Set(items.map(item => editedFrom(item, code, headerLines)));
  return Math.min(cursor, (starts.size === 1 ? [...starts][0] : undefined) ?? word);
}

function editedFrom({textEdit}: CompletionItem, code: string, headerLines: number): number | undefined {
  if (!textEdit) return undefined;
  const {line, character} = 'range' in textEdit ? textEdit.range.start : textEdit.insert.start;
  return (
    code
      .split('\n')
      .slice(0, line - headerLines)
      .reduce((sum, text) => sum + text.length + 1, 0) + character
  );
}

/** The same case before another, variables before keywords. */
function rank({item, text}: {item: CompletionItem; text: string}, typed: string): number {
  return (text.startsWith(typed) ? 0 : 2) + (item.kind === 14 ? 1 : 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
