import {cellNames, type CellNames, type NameKind} from './declarations.ts';

/** A cell as the language server sees it: a module of its own. */
export interface CellModule {
  readonly file: string;
  readonly text: string;
  /** Lines before the cell's own first line. */
  readonly headerLines: number;
  /** The modules of earlier cells that it takes names from. */
  readonly refersTo: ReadonlySet<string>;
}

/** What the server must open before it is asked about a module, and what it need not keep. */
export interface Changes {
  readonly open: readonly CellModule[];
  readonly close: readonly string[];
}

/** Modules are named so; `*` is the project's pattern for all of them. */
export const moduleFile = (cell: number | 'checked' | 'written' | '*'): string => `snapgrid-cell-${cell}.ts`;

/**
 * A notebook as modules: each cell declares the earlier names that it uses (`declare let x: typeof import('./cell').x`) unless it
 * declares them itself. Importing them all would make assigning and declaring again errors, which they are not in a notebook.
 */
export class CellModules {
  private readonly owners = new Map<string, {readonly file: string; readonly kind: NameKind}>();
  private readonly kept = new Map<string, CellModule>();
  private readonly opened = new Set<string>();
  private last = 0;

  /** A cell that is to be checked. All of them share a file: to change one is much cheaper for the server than to open another. */
  checked(code: string): CellModule {
    const names = cellNames(code);
    return this.build(moduleFile('checked'), code, names, name => names.mentioned.has(name));
  }

  /** A cell that is being written: the earlier names that it mentions are in sight, and those that begin as the word at `cursor` does. */
  written(code: string, cursor: number): CellModule {
    const names = cellNames(code);
    const typed = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, cursor))![0].toLowerCase();
    return this.build(moduleFile('written'), code, names, name => names.mentioned.has(name) || name.toLowerCase().startsWith(typed));
  }

  /** Remembers a cell that runs: later ones see its names. */
  add(code: string): void {
    const names = cellNames(code);
    if (!names.declared.size) return;
    const file = moduleFile(++this.last);
    this.kept.set(
      file,
      this.build(file, code, names, name => names.mentioned.has(name)),
    );
    for (const [name, kind] of names.declared) this.owners.set(name, {file, kind});
  }

  /** Earlier cells are opened when another one first needs them, and closed when no name leads to them any more. */
  changesFor(module: CellModule): Changes {
    const open = this.reach(module.refersTo).filter(({file}) => !this.opened.has(file));
    for (const {file} of open) this.opened.add(file);
    const alive = new Set(this.reach(Array.from(this.owners.values(), ({file}) => file)).map(({file}) => file));
    for (const file of this.kept.keys()) if (!alive.has(file)) this.kept.delete(file);
    const close = [...this.opened].filter(file => !alive.has(file));
    for (const file of close) this.opened.delete(file);
    return {open, close};
  }

  private build(file: string, code: string, {declared, exported}: CellNames, wanted: (name: string) => boolean): CellModule {
    const header: string[] = [];
    const refersTo = new Set<string>();
    for (const [name, owner] of this.owners) {
      if (declared.has(name) || !wanted(name)) continue;
      header.push(ambient(name, owner.kind, owner.file));
      refersTo.add(owner.file);
    }
    const footer = [...declared].filter(([name]) => !exported.has(name)).map(([name, kind]) => (kind === 'type' ? `type ${name}` : name));
    // A declaration a line, so that the cell's columns are its own.
    return {
      file,
      text: `${header.map(line => line + '\n').join('')}${code}\n;export {${footer.join(', ')}};\n`,
      headerLines: header.length,
      refersTo,
    };
  }

  /** These modules and all that they refer to, what is referred to first. */
  private reach(files: Iterable<string>): CellModule[] {
    const found = new Map<string, CellModule>();
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
