import type {CompletionItem, CompletionList} from './completion.ts';

/** As long may somebody think within a word: files that it might be completed from change meanwhile. */
const keptMs = 10_000;

/** What can stand at a cursor. The letters that are typed next narrow the list: nobody need be asked for another one. */
export class WordAtCursor<Asked> {
  /** What else is known of items, by their labels. */
  readonly resolved = new Map<string, Promise<CompletionItem | undefined>>();
  private readonly word: string;
  private readonly before: string;
  private readonly after: string;
  private readonly sinceMs = Date.now();

  constructor(
    code: string,
    cursor: number,
    readonly asked: Asked | undefined,
    readonly list: CompletionList | undefined,
  ) {
    this.word = wordBefore(code, cursor);
    this.before = code.slice(0, cursor - this.word.length);
    this.after = code.slice(cursor);
  }

  /** Itself, where this cursor stands behind the same word, or a longer one that begins so, and all else is as it was. */
  narrowedTo(code: string, cursor: number): this | undefined {
    const word = wordBefore(code, cursor);
    const isSame =
      word.startsWith(this.word) &&
      cursor - word.length === this.before.length &&
      code.startsWith(this.before) &&
      code.length - cursor === this.after.length &&
      code.endsWith(this.after);
    return isSame && Date.now() - this.sinceMs < keptMs ? this : undefined;
  }
}

const wordBefore = (code: string, cursor: number): string => /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0];
