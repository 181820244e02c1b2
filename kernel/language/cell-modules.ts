import {cellNames, type CellNames, identifiersOf, type NameKind} from './declarations.ts';
import {begins} from './known-lists.ts';

/** A cell as people know it. */
export interface NamedCell {
  /** `In [3]` */
  readonly name: string;
  readonly code: string;
}

/** A cell as the language server sees it: a module of its own. */
export interface CellModule {
  readonly file: string;
  readonly text: string;
  /** Lines before the cell's own first line. */
  readonly headerLines: number;
  /** The modules of earlier cells that it takes names from. */
  readonly refersTo: ReadonlySet<string>;
  /** Where the header says of a name `typeof import('./cell').name`: the position of that last word, which leads to its declaration. */
  readonly origins: ReadonlyMap<string, {readonly line: number; readonly character: number}>;
  /** The names of earlier cells that it sees. */
  readonly inSight: ReadonlySet<string>;
  /** Its own. */
  readonly declares: ReadonlySet<string>;
}

/** A module whose first line of its own is empty, and where in it a member of each of the newest names is to stand, the newest first. */
export interface Latest {
  readonly module: CellModule;
  readonly members: readonly MemberPlace[];
}

export interface MemberPlace {
  readonly name: string;
  readonly position: {readonly line: number; readonly character: number};
}

/** What the server must open before it is asked about a module, and what it need not keep. */
export interface Changes {
  readonly open: readonly CellModule[];
  readonly close: readonly string[];
}

/** The cell that declared a name last. */
interface Owner {
  readonly file: string;
  readonly kind: NameKind;
  /** What a namespace of its name adds to. */
  readonly text: string | undefined;
}

/** A module that has no file yet. */
type Built = Omit<CellModule, 'file'>;

interface Kept extends CellModule {
  readonly cell: NamedCell;
}

/** Of a notebook that runs from its top, nobody goes on with more names than these. */
const mostFresh = 20;

/** Modules are named so; `*` is the project's pattern for all of them. */
export const moduleFile = (cell: number | 'checked' | 'written' | '*', hasTags = false): string =>
  `snapgrid-cell-${cell}.ts${hasTags ? 'x' : ''}`;

/**
 * A notebook as modules: each cell declares the earlier names that it uses (`declare let x: typeof import('./cell').x`) unless it
 * declares them itself. Importing them all would make assigning and declaring again errors, which they are not in a notebook.
 */
export class CellModules {
  /** By the names, the newest last. */
  private readonly owners = new Map<string, Owner>();
  private readonly kept = new Map<string, Kept>();
  /** `latest` has not given all names yet. */
  private hasNew = false;
  /** Cells with `declare global` and the like, which hold everywhere: by their code, for one that runs again replaces itself. */
  private readonly globals = new Map<string, string>();
  private readonly opened = new Set<string>();
  /** To be checked yet: what they refer to stays. */
  private readonly waiting = new Set<CellModule>();
  private last = 0;

  /**
   * A cell that is to be checked, until `forget`. All of them share a file: to change one is much cheaper for the server than to open
   * another.
   */
  checked(code: string): CellModule {
    const names = cellNames(code);
    return this.await(names, this.build(code, names));
  }

  /** Both: a cell that is to be checked, and that runs meanwhile. */
  checkedAndAdded(cell: NamedCell): CellModule {
    const names = cellNames(cell.code);
    const built = this.build(cell.code, names);
    this.keep(cell, names, built);
    return this.await(names, built);
  }

  /** The cell has been checked. */
  forget(module: CellModule): void {
    this.waiting.delete(module);
  }

  /** A cell that is being written: the earlier names that it mentions are in sight, and those that begin as the word at `cursor` does. */
  written(code: string, cursor: number): CellModule {
    const names = cellNames(code);
    const typed = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0].toLowerCase();
    const begun = [...this.owners.keys()].filter(name => begins(name, typed));
    return {...this.build(code, names, begun), file: moduleFile('written', names.hasTags)};
  }

  /** As if a cell were being written that goes on with what the newest cells declared; nothing where that has been given. */
  latest(): Latest | undefined {
    if (!this.hasNew) return undefined;
    this.hasNew = false;
    const newest = [...this.owners].slice(-mostFresh).reverse();
    const code = newest.map(([name]) => `\n${name}.;`).join('');
    const names = cellNames(code);
    const module = {...this.build(code, names), file: moduleFile('written', names.hasTags)};
    const members = newest.map(([name], i) => ({name, position: {line: module.headerLines + 1 + i, character: name.length + 1}}));
    return {module, members: members.filter((_, i) => newest[i]![1].kind !== 'type')};
  }

  /** What earlier cells declared. */
  get names(): Iterable<string> {
    return this.owners.keys();
  }

  /** Remembers a cell that runs: later ones see its names. */
  add(cell: NamedCell): void {
    const names = cellNames(cell.code);
    this.keep(cell, names, this.build(cell.code, names));
  }

  /** Which cell a module is, and how far down in the module it begins. */
  cellOf(file: string): {readonly cell: NamedCell; readonly headerLines: number} | undefined {
    return this.kept.get(file);
  }

  /** Earlier cells are opened when another one first needs them, and closed when no name leads to them any more. */
  changesFor(module: CellModule): Changes {
    const open = this.reach([...module.refersTo, ...this.globals.values()]).filter(({file}) => !this.opened.has(file));
    for (const {file} of open) this.opened.add(file);
    const owned = Array.from(this.owners.values(), ({file}) => file);
    const awaited = [...this.waiting].flatMap(({refersTo}) => [...refersTo]);
    const alive = new Set(this.reach([...owned, ...awaited, ...this.globals.values()]).map(({file}) => file));
    for (const file of this.kept.keys()) if (!alive.has(file)) this.kept.delete(file);
    const close = [...this.opened].filter(file => !alive.has(file));
    for (const file of close) this.opened.delete(file);
    return {open, close};
  }

  private await({hasTags}: CellNames, built: Built): CellModule {
    const module = {...built, file: moduleFile('checked', hasTags)};
    this.waiting.add(module);
    return module;
  }

  private keep(cell: NamedCell, names: CellNames, built: Built): void {
    if (!names.declared.size && !names.isGlobal) return;
    const file = moduleFile(++this.last, names.hasTags);
    if (names.isGlobal) this.globals.set(cell.code, file);
    this.kept.set(file, {...built, file, cell});
    for (const [name, kind] of names.declared) {
      const text = this.extensibleText(name, names);
      this.owners.delete(name);
      this.owners.set(name, {file, kind, text});
      this.hasNew = true;
    }
  }

  /** @param begun names that are in sight beside those that the code mentions */
  private build(code: string, names: CellNames, begun: readonly string[] = []): Built {
    const {declared, exported, extending} = names;
    const lines: string[] = [];
    // What tags become must be said at the front of a file.
    const pragmas = names.hasTags ? code.match(/@jsx\w*\s+[\w./@-]+/g) : null;
    if (pragmas) lines.push(`/** ${pragmas.join(' ')} */`);
    const refersTo = new Set<string>();
    const inSight = new Set<string>();
    const origins = new Map<string, {line: number; character: number}>();
    // What a namespace adds to must stand in its own module.
    const extended = [...extending].flatMap(name => this.owners.get(name)?.text ?? []);
    for (const text of extended) lines.push(...text.split('\n'));
    for (const name of new Set([...names.mentioned, ...identifiersOf(extended.join('\n')), ...begun])) {
      const owner = this.owners.get(name);
      if (!owner || declared.has(name)) continue;
      const line = ambient(name, owner.kind, owner.file);
      if (line.startsWith('declare')) origins.set(name, {line: lines.length, character: line.length - 1 - name.length});
      lines.push(line);
      refersTo.add(owner.file);
      inSight.add(name);
    }
    const footer = [...declared].filter(([name]) => !exported.has(name)).map(([name, kind]) => (kind === 'type' ? `type ${name}` : name));
    // A declaration a line, so that the cell's columns are its own.
    return {
      text: `${lines.map(line => line + '\n').join('')}${code}\n;export {${footer.join(', ')}};\n`,
      headerLines: lines.length,
      refersTo,
      origins,
      inSight,
      declares: new Set(declared.keys()),
    };
  }

  private extensibleText(name: string, {extensible, extending}: CellNames): string | undefined {
    const own = extensible.get(name);
    const earlier = extending.has(name) ? this.owners.get(name)?.text : undefined;
    return earlier === undefined ? own : `${earlier}\n${own}`;
  }

  /** These modules and all that they refer to, what is referred to first. */
  private reach(files: Iterable<string>): Kept[] {
    const found = new Map<string, Kept>();
    const visit = (file: string): void => {
      const module = this.kept.get(file);
      if (!module || found.has(file)) return;
      for (const next of module.refersTo) visit(next);
      found.set(file, module);
    };
    for (const file of files) visit(file);
    return [...found.values()];
  }
}

function ambient(name: string, kind: NameKind, file: string): string {
  const from = `'./${file}'`;
  if (kind === 'type') return `import type {${name}} from ${from};`;
  if (kind === 'import') return `import {${name}} from ${from};`;
  return `declare ${kind} ${name}: typeof import(${from}).${name};`;
}
