import type {CellModule} from './cell-modules.ts';
import type {CompletionItem, CompletionList} from './completion.ts';
import type {Spot} from './spot.ts';

/** What can stand at a cursor, and what else is known of it. */
export interface Completions<Asked> {
  readonly asked: Asked | undefined;
  readonly list: CompletionList | undefined;
  /** By the items' labels. */
  readonly resolved: Map<string, Promise<CompletionItem | undefined>>;
}

interface Names<Asked> {
  readonly completions: Completions<Asked>;
  /** Which of the earlier cells' names it has. */
  readonly inSight: ReadonlySet<string>;
}

const mostMembers = 20;

/** As the server matches: by the first letters, in any case. */
export const begins = (name: string, word: string): boolean => name.toLowerCase().startsWith(word.toLowerCase());

/** Lists that hold at every such place until another cell declares something: the server makes all its types anew for each question. */
export class KnownLists<Asked> {
  private names: Names<Asked> | undefined;
  private readonly members = new Map<string, Completions<Asked>>();

  get isEmpty(): boolean {
    return !this.names && !this.members.size;
  }

  clear(): void {
    this.names = undefined;
    this.members.clear();
  }

  /** @param module that the server was shown */
  keep(spot: Spot, completions: Completions<Asked>, {inSight, declares}: CellModule): void {
    const {list} = completions;
    if (!list || list.isIncomplete) return;
    // What replaces a place in that module fits no other one.
    const items = list.items.filter(({label, textEdit}) => !textEdit && !(spot.kind === 'name' && declares.has(label)));
    const kept = {...completions, list: {...list, items}};
    if (spot.kind === 'name') this.names = {completions: kept, inSight};
    else {
      this.members.delete(spot.of);
      this.members.set(spot.of, kept);
      if (this.members.size > mostMembers) this.members.delete(this.members.keys().next().value!);
    }
  }

  /** @param declared the names of earlier cells: those that fit must be in the list */
  find(spot: Spot, declared: Iterable<string>): Completions<Asked> | undefined {
    if (spot.kind === 'member') return this.members.get(spot.of);
    if (!this.names) return undefined;
    for (const name of declared) if (begins(name, spot.word) && !this.names.inSight.has(name)) return undefined;
    return this.names.completions;
  }
}
