import type {CompletionItem, CompletionItemKind, CompletionList} from 'vscode-languageserver-protocol';
import type {ReplyContent} from '../protocol/messages.ts';
import {codePointsOf} from './code-points.ts';

export type {CompletionItem, CompletionList} from 'vscode-languageserver-protocol';

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

interface Match {
  readonly item: CompletionItem;
  readonly text: string;
}

/** What fits the word before a cursor, best first. */
export interface Fitting {
  readonly items: readonly Match[];
  /** What is replaced, in code points. */
  readonly start: number;
  readonly end: number;
}

export function fittingItems({code, cursor, list, headerLines}: CompletionAnswer): Fitting {
  const items = list?.items ?? [];
  const start = replacedFrom(items, code, cursor, headerLines);
  const typed = code.slice(start, cursor);
  // One that replaces something else (`a.b` by `a["b c"]`) does not fit in one reply with the rest.
  const fitting = items
    .filter(item => editedFrom(item, code, headerLines) === undefined || editedFrom(item, code, headerLines) === start)
    .map(item => ({item, text: item.textEdit?.newText ?? item.insertText ?? item.label}))
    .filter(({text}) => text.toLowerCase().startsWith(typed.toLowerCase()));
  fitting.sort(
    (a, b) => rank(a, typed) - rank(b, typed) || compare(a.item.sortText ?? a.text, b.item.sortText ?? b.text) || compare(a.text, b.text),
  );
  const shown = [...new Map(fitting.map(match => [match.text, match])).values()].slice(0, mostMatches);
  return {items: shown, start: codePointsOf(code, start), end: codePointsOf(code, cursor)};
}

/** complete_reply, with kinds for clients that show them. @param resolved what else is known of the items, one by one */
export function completionReply({items, start, end}: Fitting, resolved: readonly (CompletionItem | undefined)[] = []): ReplyContent {
  return {
    status: 'ok',
    matches: items.map(({text}) => text),
    cursor_start: start,
    cursor_end: end,
    metadata: {
      _jupyter_types_experimental: items.map(({item, text}, i) => {
        const documentation = resolved[i]?.documentation;
        return {
          text,
          start,
          end,
          type: (item.kind && kinds[item.kind]) ?? '',
          signature: signatureOf(resolved[i] ?? item),
          ...(documentation ? {documentation: typeof documentation === 'string' ? documentation : documentation.value} : {}),
        };
      }),
    },
  };
}

/** `(method) Box.fill(x: number): void` → `(x: number): void`, `const box: Box` → `Box` */
function signatureOf({label, detail, labelDetails}: CompletionItem): string {
  if (detail === undefined) return labelDetails?.detail ?? '';
  const [line = ''] = detail.split('\n').slice(-1);
  const at = detail.lastIndexOf(label);
  return at < 0 ? line : detail.slice(at + label.length).replace(/^\??:\s*/, '');
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
