/** A place in what the learner typed, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A source map as far as positions go. */
export interface LineMap {
  readonly mappings: string;
}

/** Code that runs under a made-up name: what it is called for people, its text, and where its lines come from. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** The file that it is a copy of. */
  readonly file?: string;
  /** From what runs, map by map, to what was typed. */
  readonly maps: () => readonly LineMap[];
  position(line: number, column: number): Place | undefined;
}

const sources = new Map<string, Source>();

/** Registers running code by the URL that V8 names in stacks. */
export function addSource(url: string, source: Source): void {
  sources.set(url, source);
}

export function findSource(url: string): Source | undefined {
  return sources.get(url);
}
