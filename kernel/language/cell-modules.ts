import {cellNames, type CellNames, type NameKind} from './declarations.ts';

/** A cell as the language server sees it: a module of its own. */
export interface CellModule {
  readonly file: string;
  readonly text: string;
  /** Lines before the cell's own first line. */
  readonly headerLines: number;
}

export interface Change {
  readonly opened: CellModule;
  /** Modules that nothing refers to any more. */
  readonly closed: readonly string[];
}

interface Kept {
  readonly refersTo: ReadonlySet<string>;
}

/** Modules are named so; `*` is the project's pattern for all of them, `now` the one that is being written. */
export const moduleFile = (number: number | 'now' | '*'): string => `snapgrid-cell-${number}.ts`;

/**
 * A notebook as modules: each cell declares the earlier names that it uses (`declare let x: typeof import('./cell').x`) unless it
 * declares them itself. Importing them all would make assigning and declaring again errors, which they are not in a notebook.
 */
export class CellModules {
  private readonly owners = new Map<string, {readonly file: string; readonly kind: NameKind}>();
  private readonly kept = new Map<string, Kept>();
  private last = 0;

  /** Adds a cell that runs now: later cells see its names. */
  add(code: string): Change {
    const file = moduleFile(++this.last);
    const names = cellNames(code);
    const {module, refersTo} = this.build(file, code, names, name => names.mentioned.has(name));
    for (const [name, kind] of names.declared) this.owners.set(name, {file, kind});
    this.kept.set(file, {refersTo});
    return {opened: module, closed: this.forget(file)};
  }

  /** A cell that is being written: every earlier name is in sight, nothing is remembered. */
  draft(code: string): CellModule {
    const names = cellNames(code);
    return this.build(moduleFile('now'), code, names, () => true).module;
  }

  private build(file: string, code: string, {declared, exported}: CellNames, wanted: (name: string) => boolean): {module: CellModule; refersTo: Set<string>} {
    const header: string[] = [];
    const refersTo = new Set<string>();
    for (const [name, owner] of this.owners) {
      if (declared.has(name) || !wanted(name)) continue;
      header.push(ambient(name, owner.kind, owner.file));
      refersTo.add(owner.file);
    }
    const footer = [...declared].filter(([name]) => !exported.has(name)).map(([name, kind]) => (kind === 'type' ? `type ${name}` : name));
    // A declaration a line, so that the cell's columns are its own.
    return {module: {file, text: `${header.map(line => line + '\n').join('')}${code}\n;export {${footer.join(', ')}};\n`, headerLines: header.length}, refersTo};
  }

  /** Lets go of modules that neither a name nor another module leads to. */
  private forget(newest: string): string[] {
    const reached = new Set<string>();
    const reach = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const next of this.kept.get(file)?.refersTo ?? []) reach(next);
    };
    reach(newest);
    for (const {file} of this.owners.values()) reach(file);
    const closed = [...this.kept.keys()].filter(file => !reached.has(file));
    for (const file of closed) this.kept.delete(file);
    return closed;
  }
}

function ambient(name: string, kind: NameKind, file: string): string {
  const from = `'./${file}'`;
  if (kind === 'type') return `import type {${name}} from ${from};`;
  if (kind === 'import') return `import {${name}} from ${from};`;
  return `declare ${kind} ${name}: typeof import(${from}).${name};`;
}
