import {nextIndent} from './indent.ts';
import type {ReplyContent} from '../protocol/messages.ts';

/** Whether a cell can run as it stands, or its writer is in the middle of it: then with the indent of the next line. */
export async function isComplete(code: string): Promise<ReplyContent> {
  const {parseCell} = await import('./declarations.ts');
  const [first] = parseCell(code).errors;
  if (!first) return {status: 'complete'};
  const at = first.labels[0]?.start ?? code.length;
  const unterminated = first.message.startsWith('Unterminated') && (code[at] === '`' || code.startsWith('/*', at));
  // The parser stumbled over the end itself: more text may make it right.
  if (at >= code.trimEnd().length || unterminated) return {status: 'incomplete', indent: nextIndent(code)};
  return {status: 'invalid'};
}
