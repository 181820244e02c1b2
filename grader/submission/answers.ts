import {parseSync} from 'oxc-parser';
import type {Notebook, NotebookCell} from './notebook.ts';

export interface FoundAnswers {
  readonly code: readonly NotebookCell[];
  /** Task → its place in `code`. */
  readonly answeredBy: ReadonlyMap<string, number>;
  readonly warnings: readonly string[];
}

/**
 * Finds the cell that answers each task: by the notebook's own metadata, by the cell's id, by the name that it declares.
 * A deleted or copied cell never fails a submission: of several, the last one that declares the name counts, as it does in a session.
 */
export function findAnswers(notebook: Notebook, tasks: readonly string[]): FoundAnswers {
  const code = notebook.cells.filter(cell => cell.kind === 'code' && cell.source.trim());
  const declared = code.map(cell => declaredNames(cell.source));
  const warnings: string[] = [];
  const answeredBy = new Map<string, number>();
  for (const task of tasks) {
    const marked = places(code, cell => cell.task === task || cell.id === task);
    const declaring = places(declared, names => names.has(task));
    const both = marked.filter(i => declaring.includes(i));
    const found = declaring.at(-1) ?? marked.at(-1);
    if (found === undefined) {
      warnings.push(`No cell declares ${task}.`);
      continue;
    }
    answeredBy.set(task, found);
    if (declaring.length > 1)
      warnings.push(`${task} is declared in ${declaring.length} cells; the last one counts, as it does in a session.`);
    else if (!both.length && declaring.length)
      warnings.push(`${task} was found by its name: its cell is not the one that the lesson gave.`);
  }
  return {code, answeredBy, warnings};
}

function places<T>(items: readonly T[], wanted: (item: T) => boolean): number[] {
  return items.flatMap((item, i) => (wanted(item) ? [i] : []));
}

/** The names that a cell declares at its top level, exported or not. */
export function declaredNames(source: string): Set<string> {
  const names = new Set<string>();
  let body: readonly Statement[];
  try {
    body = parseSync('cell.ts', source, {sourceType: 'module'}).program.body as unknown as readonly Statement[];
  } catch {
    return names;
  }
  const add = (statement: Statement | null | undefined): void => {
    if (!statement) return;
    if (statement.type === 'ExportNamedDeclaration') add(statement.declaration);
    else if (statement.id?.name) names.add(statement.id.name);
    for (const {id} of statement.declarations ?? []) if (id?.name) names.add(id.name);
  };
  for (const statement of body) add(statement);
  return names;
}

interface Statement {
  readonly type: string;
  readonly id?: {readonly name?: string} | null;
  readonly declaration?: Statement | null;
  readonly declarations?: readonly {readonly id?: {readonly name?: string}}[];
}
