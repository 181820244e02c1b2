import type {Hover, MarkupContent} from 'vscode-languageserver-protocol';
import type {ReplyContent} from '../protocol/messages.ts';

export type {Hover} from 'vscode-languageserver-protocol';

/** What is known of the name under the cursor: its type and its documentation. */
export function hoverReply(hover: Hover | undefined): ReplyContent {
  const markdown = hover ? withoutImports((hover.contents as MarkupContent).value) : '';
  // The server says `any` of a name that it does not know.
  if (!markdown || plain(markdown) === 'any') return {status: 'ok', found: false, data: {}, metadata: {}};
  return {status: 'ok', found: true, data: {'text/plain': plain(markdown), 'text/markdown': markdown}, metadata: {}};
}

/** That an earlier cell's name arrives by an import is our affair. */
function withoutImports(markdown: string): string {
  return markdown
    .replace(/^\(alias\) /gm, '')
    .replace(/\nimport \w+$/gm, '')
    .trim();
}

function plain(markdown: string): string {
  return markdown.replace(/^```\w*\n?/gm, '').trim();
}
