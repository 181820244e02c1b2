/**
 * HTML that can only be made from literals: whatever is put into a template is escaped, unless it is markup itself.
 *
 *     markup`<p title="${name}">${list.map(item => markup`<b>${item}</b>`)}</p>`
 */
export function markup(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(literals.reduce((text, literal, i) => text + write(pieces[i - 1]) + literal));
}

/** What a template takes. Nothing is written for `undefined`, so that optional parts read as conditions. */
export type Piece = Markup | string | number | undefined | readonly Piece[];

export class Markup {
  constructor(readonly text: string) {}
}

function write(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(write).join('');
  return escape(String(piece));
}

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, character => entities[character]!);
}

/** Colour codes of terminals are left out; what is invisible or turns the direction of a line, and so could show other text than there is, gets a sign. */
function visible(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, character => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`);
}

/** The first `limit` characters, and how many more there were. */
export function clip(text: string, limit: number): {readonly text: string; readonly dropped: number} {
  return text.length <= limit ? {text, dropped: 0} : {text: text.slice(0, limit), dropped: text.length - limit};
}
