import type {ReplyContent} from '../protocol/messages.ts';
import type {CellModule, Latest} from './cell-modules.ts';
import {type CompletionItem, type CompletionList, completionReply, fittingItems} from './completion.ts';
import {inTime} from './in-time.ts';
import type {Asked} from './inspection.ts';
import {type Completions, KnownLists} from './known-lists.ts';
import {WordAtCursor} from './word-at-cursor.ts';

/** The language server, asked about a module that it was shown. */
export interface AskedServer extends Asked {
  readonly module: CellModule;
  request<Result>(method: string, params: object): Promise<Result | undefined>;
}

/** What completions come from. */
export interface Source {
  /** Shows the server a cell that is being written. */
  ask(code: string, units: number): Promise<AskedServer | undefined>;
  /** Whether the server was shown nothing else since. */
  isShown(asked: AskedServer | undefined): boolean;
  /** What earlier cells declared. */
  names(): Promise<Iterable<string>>;
}

/** Of so few matches, each is looked up: its type and its documentation. */
const mostResolved = 12;
const resolveWithinMs = 300;
/** A server that is just starting on a busy machine is waited for so long; then names must do. */
const typedWithinMs = 5000;

/** A variable of a type in which nothing is named, as `number[]`: that is the same wherever it stands. */
const ofNamelessType = /^(?:const|let|var) [\p{ID_Continue}$]+: ((?:number|string|boolean|bigint|readonly|[ [\]|(),])+)$/u;

/** Answers complete_request: by the server, which makes all its types anew for each question, or by what that said before. */
export class Completer {
  /** The word that the last question was about: those of its list are completed without the server. */
  private word: WordAtCursor<AskedServer> | undefined;
  private readonly known = new KnownLists<AskedServer>();

  constructor(private readonly source: Source) {}

  async complete(code: string, units: number): Promise<ReplyContent> {
    const before = this.word?.narrowedTo(code, units) ?? (await this.knownFor(code, units));
    const typed = before ?? (await inTime(this.listed(code, units), typedWithinMs));
    const {asked, list, resolved} = typed?.list ? typed : await this.untyped(code, units);
    const found = fittingItems({code, cursor: units, list, headerLines: asked?.headerLines ?? 0});
    if (found.items.length > mostResolved) return completionReply(found);
    const details = found.items.map(({item}) => {
      const known = resolved.get(item.label) ?? asked?.request<CompletionItem>('completionItem/resolve', item);
      if (known) resolved.set(item.label, known);
      return known;
    });
    return completionReply(found, (await inTime(Promise.all(details), resolveWithinMs)) ?? []);
  }

  /**
   * Keeps what the newest names can be completed by: what can stand at the front of a module that mentions them, the types of these, and
   * their members. @param goesOn whether nobody waits for anything else
   */
  async getReady(asked: AskedServer, {members}: Latest, goesOn: () => boolean): Promise<void> {
    const list = await asked.at<CompletionList>('textDocument/completion');
    await import('./spot.ts');
    if (!list || !goesOn()) return;
    const resolved: WordAtCursor<AskedServer>['resolved'] = new Map();
    this.known.keep({kind: 'name', word: ''}, {asked, list, resolved}, asked.module);
    const byType = new Map<string, Completions<AskedServer>>();
    for (const {name, position} of members) {
      const item = list.items.find(({label}) => label === name);
      if (item) resolved.set(name, asked.request<CompletionItem>('completionItem/resolve', item));
      const known = await resolved.get(name);
      if (!goesOn()) return;
      const [, type] = ofNamelessType.exec(known?.detail ?? '') ?? [];
      const own = (type && byType.get(type)) || {
        asked,
        list: await asked.at<CompletionList>('textDocument/completion', position),
        resolved: new Map(),
      };
      if (!goesOn()) return;
      // What is known of one variable's members holds for all of its type.
      if (type) byType.set(type, own);
      this.known.keep({kind: 'member', of: name, word: ''}, own, asked.module);
    }
  }

  /** The server is shown something else. */
  leaveWord(): void {
    this.word = undefined;
  }

  /** Another cell has a part in what there is. */
  forget(): void {
    this.word = undefined;
    this.known.clear();
  }

  /** A list that holds here although the server was asked about another place; undefined where it would lack what only the server knows. */
  private async knownFor(code: string, units: number): Promise<Completions<AskedServer> | undefined> {
    if (this.known.isEmpty) return undefined;
    const {spotAt} = await import('./spot.ts');
    const spot = spotAt(code, units);
    const known = spot && this.known.find(spot, await this.source.names());
    if (!known) return undefined;
    const {items} = fittingItems({code, cursor: units, list: known.list, headerLines: 0});
    const canResolve = this.source.isShown(known.asked) || items.every(({item}) => known.resolved.has(item.label));
    return items.length && (items.length > mostResolved || canResolve) ? known : undefined;
  }

  private async untyped(code: string, units: number): Promise<Completions<AskedServer>> {
    const {untypedList} = await import('./untyped.ts');
    return {asked: undefined, list: untypedList(code, units, new Set(await this.source.names())), resolved: new Map()};
  }

  /** What can stand at the cursor; it holds for the next letters of the word, too, until the server is shown something else. */
  private async listed(code: string, units: number): Promise<WordAtCursor<AskedServer>> {
    const asked = await this.source.ask(code, units);
    const list = await asked?.at<CompletionList>('textDocument/completion');
    const {spotAt} = await import('./spot.ts'); // with the parser, for which the first cell does not wait
    const word = new WordAtCursor(code, units, asked, list);
    if (!asked || !this.source.isShown(asked) || !list || list.isIncomplete) return word;
    this.word = word;
    const spot = spotAt(code, units);
    if (spot) this.known.keep(spot, word, asked.module);
    return word;
  }
}
