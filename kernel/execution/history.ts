/** What was run, oldest first: answers history_request. Lines are numbered as the cells were. */
export interface HistoryEntry {
  readonly line: number;
  readonly input: string;
  output: string;
}

export interface HistoryRequest {
  readonly output?: boolean;
  readonly hist_access_type?: string;
  readonly session?: number;
  readonly start?: number;
  readonly stop?: number | null;
  readonly n?: number | null;
  readonly pattern?: string;
  readonly unique?: boolean;
}

type Row = readonly [session: number, line: number, input: string | readonly [string, string]];

/** There is one session, and it is numbered so. */
const session = 1;

export class History {
  private readonly entries: HistoryEntry[] = [];

  add(line: number, input: string): HistoryEntry {
    const entry = {line, input, output: ''};
    this.entries.push(entry);
    return entry;
  }

  find(request: HistoryRequest): readonly Row[] {
    const found = this.select(request);
    return found.map(({line, input, output}) => [session, line, request.output ? [input, output] : input]);
  }

  private select({
    hist_access_type: access,
    n,
    pattern = '*',
    unique,
    session: asked = 0,
    start = 0,
    stop,
  }: HistoryRequest): readonly HistoryEntry[] {
    const last = (entries: readonly HistoryEntry[]): readonly HistoryEntry[] =>
      typeof n === 'number' ? entries.slice(Math.max(0, entries.length - n)) : entries;
    if (access === 'tail') return last(this.entries);
    if (access === 'range')
      return asked === 0 || asked === session
        ? this.entries.filter(({line}) => line >= start && (typeof stop !== 'number' || line < stop))
        : [];
    if (access !== 'search') return [];
    const expression = globExpression(pattern);
    const matching = this.entries.filter(({input}) => expression.test(input));
    return last(unique ? [...new Map(matching.map(entry => [entry.input, entry])).values()] : matching);
  }
}

/** `*` is any text, `?` any character, the rest is meant as it is written. */
function globExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
