/** How text becomes numbers. */
export interface Vocabulary {
  /** By token: what it stands for. `▁` is a space, `<0x0A>` a line's end; the first three are `<unk>`, `<s>` (a text begins) and `</s>`. */
  readonly pieces: readonly string[];
  /** By token: of two neighbours that could become one, those with the higher score do. */
  readonly scores: readonly number[];
}

export const unknownToken = 0;
export const beginToken = 1;
const newline = '<0x0A>';

/**
 * Text to tokens and back as SentencePiece and llama.cpp's `llama` tokenizer do: characters, then the two neighbours whose joint piece scores highest become one,
 * again and again, the leftmost first where scores are equal. Nothing is added: no space before the text, no `<s>`.
 */
export class Tokenizer {
  private readonly tokens: ReadonlyMap<string, number>;
  private readonly known = new Map<string, readonly number[]>();

  constructor(readonly vocabulary: Vocabulary) {
    this.tokens = new Map(vocabulary.pieces.map((piece, token) => [piece, token]));
  }

  /** How many tokens there are. */
  get size(): number {
    return this.vocabulary.pieces.length;
  }

  encode(text: string): Int32Array<ArrayBuffer> {
    // No piece reaches across a space or a line's end, so words can be taken one by one, and remembered.
    const words = text.match(/\n| ?[^ \n]+| /gu) ?? [];
    return Int32Array.from(words.flatMap(word => this.encodeWord(word)));
  }

  decode(tokens: ArrayLike<number>): string {
    return Array.from(tokens, token => this.piece(token)).join('');
  }

  /** What a token stands for, as text. @throws RangeError where there is no such token */
  piece(token: number): string {
    const piece = this.vocabulary.pieces[token];
    if (piece === undefined) throw new RangeError(`Expected a token from 0 to ${this.size - 1}, got ${token}`);
    return piece === newline ? '\n' : piece.replaceAll('▁', ' ');
  }

  private encodeWord(word: string): readonly number[] {
    const found = this.known.get(word);
    if (found) return found;
    const parts = word === '\n' ? [newline] : [...word.replace(' ', '▁')];
    for (let at = this.bestPair(parts); at >= 0; at = this.bestPair(parts)) parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    const tokens = parts.map(part => this.tokens.get(part) ?? unknownToken);
    if (this.known.size < 10_000) this.known.set(word, tokens);
    return tokens;
  }

  /** Where the two neighbours begin that should become one first; −1 where none can. */
  private bestPair(parts: readonly string[]): number {
    let [best, at] = [-Infinity, -1];
    for (let i = 0; i + 1 < parts.length; i++) {
      const token = this.tokens.get(parts[i]! + parts[i + 1]!);
      const score = token === undefined ? -Infinity : this.vocabulary.scores[token]!;
      if (score > best) [best, at] = [score, i];
    }
    return at;
  }
}

/** Byte-pair encoding: the most frequent two neighbours of a text become a new piece, until there are `size` of them. */
export function trainVocabulary(text: string, size: number): Vocabulary {
  const counts = new Map<string, number>();
  for (const word of text.match(/ ?[^ \n]+| /gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({parts: [...word.replace(' ', '▁')], count}));
  const characters = [...new Set(words.flatMap(({parts}) => parts))].sort();
  const pieces = ['<unk>', '<s>', '</s>', newline, ...characters];
  const scores = pieces.map(() => 0);
  while (pieces.length < size) {
    const pairs = new Map<string, number>();
    for (const {parts, count} of words)
      for (let i = 0; i + 1 < parts.length; i++) {
        const pair = `${parts[i]} ${parts[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    const best = [...pairs].reduce<[string, number] | undefined>(
      (a, b) => (!a || b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a),
      undefined,
    );
    if (!best) break;
    const [left, right] = best[0].split(' ') as [string, string];
    for (const {parts} of words)
      for (let i = 0; i + 1 < parts.length; i++) if (parts[i] === left && parts[i + 1] === right) parts.splice(i, 2, left + right);
    // Learned earlier is joined earlier.
    scores.push(-(pieces.length - characters.length - 3));
    pieces.push(left + right);
  }
  return {pieces, scores};
}
