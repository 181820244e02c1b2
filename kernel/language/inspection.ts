import {readFileSync} from 'node:fs';
import {relative} from 'node:path';
import type {Hover, LocationLink, MarkupContent, Position, SignatureHelp} from 'vscode-languageserver-protocol';
import type {ReplyContent} from '../protocol/messages.ts';

/** What a session says of a tensor that a variable holds: `float32 [2, 3]`; undefined where it holds none, or is busy. */
export type LiveTensors = (name: string) => Promise<string | undefined>;

/** The language server, asked about a cell that is being written. */
export interface Asked {
  readonly code: string;
  /** In UTF-16 units. */
  readonly cursor: number;
  readonly headerLines: number;
  /** Where in the header an earlier cell's name leads to its declaration. */
  readonly origins: ReadonlyMap<string, Position>;
  /** Asks about the cursor, or another position of the module. */
  at<Result>(method: string, position?: Position): Promise<Result | undefined>;
  /** The same for another text with the cursor at its end. */
  instead(code: string): Promise<Asked | undefined>;
  /** What people call a file of the server's; the text, where it is a cell. */
  placeOf(uri: string): {readonly name: string; readonly path?: string; readonly code?: string; readonly headerLines: number};
}

const notFound: ReplyContent = {status: 'ok', found: false, data: {}, metadata: {}};
const wordPart = /[\p{ID_Continue}$]/u;
/** As much of a declaration as fits a tooltip; the place says where the rest is. */
const mostLines = 40;
const mostDefinitions = 5;

/**
 * Level 0: the type and the documentation of the name under the cursor, of a tensor also what it holds now; between a call's parentheses,
 * what it expects there. Level 1 adds where the name is declared, and the declaration.
 */
export async function inspectReply(asked: Asked, detailLevel: number, live: LiveTensors): Promise<ReplyContent> {
  const name = nameAt(asked);
  const hover = name ? await hoverOf(asked, name) : '';
  if (!hover) return shown([signatures(await asked.at<SignatureHelp>('textDocument/signatureHelp'))]);
  const tensor = /:[^:]*\b(?:Tensor(?:\dD)?|Scalar|Variable)\b/.test(hover.split('```')[1] ?? '') ? await live(name) : undefined;
  const declaration = detailLevel > 0 ? await declarationOf(asked, name) : '';
  return shown([hover, tensor ? `now: \`${tensor}\`` : '', declaration]);
}

/** The word that the cursor is in, or stands behind: of `a.b`, `b`. */
function nameAt({code, cursor}: Asked): string {
  const start = cursor - /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0].length;
  return /^[\p{ID_Continue}$]*/u.exec(code.slice(start))![0];
}

/** A position inside the name. */
function inName({code, cursor, headerLines}: Asked): Position {
  const inside = wordPart.test(code.slice(cursor, cursor + 1)) ? cursor : Math.max(0, cursor - 1);
  const before = code.slice(0, inside).split('\n');
  return {line: headerLines + before.length - 1, character: before.at(-1)!.length};
}

async function hoverOf(asked: Asked, name: string): Promise<string> {
  const found = markdownOf(await asked.at<Hover>('textDocument/hover', inName(asked)));
  // The server says `any` of a name that it does not know.
  if (plain(found) === 'any') return '';
  return found.startsWith('```') && !documentationIn(found) ? `${found}\n${await documentation(asked, name, found)}`.trim() : found;
}

/** What is written above the declaration, where another one stands between: ours of an earlier cell's name, or `export const add: typeof add_`. */
async function documentation(asked: Asked, name: string, hover: string): Promise<string> {
  const origin = originOf(asked, name);
  if (origin) {
    const there = documentationIn(markdownOf(await asked.at<Hover>('textDocument/hover', origin)));
    if (there) return there;
  }
  if (!hover.includes('(')) return '';
  // Only a call's signature leads to it.
  const end = asked.cursor + /^[\p{ID_Continue}$]*/u.exec(asked.code.slice(asked.cursor))![0].length;
  const calling = await asked.instead(`${asked.code.slice(0, end)}(`);
  const help = await calling?.at<SignatureHelp>('textDocument/signatureHelp');
  return textOf(help?.signatures[help.activeSignature ?? 0]?.documentation).trim();
}

const documentationIn = (markdown: string): string => markdown.slice(markdown.lastIndexOf('\n```') + 4).trim();

const originOf = (asked: Asked, name: string): Position | undefined => (isMember(asked) ? undefined : asked.origins.get(name));

async function definitions(asked: Asked, name: string): Promise<readonly LocationLink[]> {
  return (await asked.at<LocationLink[]>('textDocument/definition', originOf(asked, name) ?? inName(asked))) ?? [];
}

const isMember = ({code, cursor}: Asked): boolean => /\.\s*[\p{ID_Continue}$]*$/u.test(code.slice(0, cursor));

/** That an earlier cell's name arrives by an import is our affair. */
function markdownOf(hover: Hover | undefined): string {
  if (!hover) return '';
  return (hover.contents as MarkupContent).value
    .replace(/^\(alias\) /gm, '')
    .replace(/\nimport \w+$/gm, '')
    .trim();
}

function signatures(help: SignatureHelp | undefined): string {
  if (!help?.signatures.length) return '';
  const active = help.activeSignature ?? 0;
  const ordered = [help.signatures[active], ...help.signatures.filter((_, i) => i !== active)];
  const [first] = ordered;
  const parameter = first?.parameters?.[first.activeParameter ?? help.activeParameter ?? 0];
  const labels = ordered.map(each => each?.label).join('\n');
  const word = parameter && typeof parameter.label === 'string' ? parameter.label : '';
  const about = textOf(parameter?.documentation);
  return ['```typescript\n' + labels + '\n```', word && `**${word}**${about && ` — ${about}`}`, textOf(first?.documentation)]
    .filter(Boolean)
    .join('\n\n');
}

const textOf = (documentation: string | MarkupContent | undefined): string =>
  typeof documentation === 'string' ? documentation : (documentation?.value ?? '');

/** Where the name is declared, and how. */
async function declarationOf(asked: Asked, name: string): Promise<string> {
  const texts = (await definitions(asked, name)).slice(0, mostDefinitions).map(({targetUri, targetRange: {start, end}}) => {
    const {name: place, path, code = path === undefined ? asked.code : read(path), headerLines} = asked.placeOf(targetUri);
    const isDraft = path !== undefined && /snapgrid-cell-\w+\.ts$/.test(path);
    const first = start.line - (isDraft ? asked.headerLines : headerLines);
    const lines = (isDraft ? asked.code : code).split('\n').slice(first, end.line - start.line + first + 1);
    const file = isDraft ? 'this cell' : path === undefined ? place : relative(process.cwd(), path);
    return `Declared in ${file}, line ${first + 1}:\n\`\`\`typescript\n${lines.slice(0, mostLines).join('\n')}\n\`\`\``;
  });
  return texts.join('\n\n');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function shown(parts: readonly string[]): ReplyContent {
  const markdown = parts.filter(Boolean).join('\n\n');
  if (!markdown) return notFound;
  return {status: 'ok', found: true, data: {'text/plain': plain(markdown), 'text/markdown': markdown}, metadata: {}};
}

function plain(markdown: string): string {
  return markdown.replace(/^```\w*\n?/gm, '').trim();
}
