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
  const warnings: string[] = [];
  const answeredBy = new Map<string, number>();
  for (const task of tasks) {
    const marked = places(code, cell => cell.task === task || cell.id === task || cell.id === `task-${task}`);
    const declaring = declaringCells(code, task);
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

/**
 * The cells that declare a name, by their text: at the start of a line; where none does, indented or behind a brace.
 * No parser is asked: a native one runs out of stack on some thousand brackets and would take the grader along.
 */
function declaringCells(code: readonly NotebookCell[], name: string): number[] {
  const escaped = name.replaceAll('$', '\\$');
  // Repetitions are bounded: a cell of many megabytes must not keep the grader busy.
  const list = '(?:[^;\\n]{0,100}?,\\s{0,9}(?=[\\w$]{1,99}\\s{0,9}[=:]))?'; // let a = 1, name = 2
  const declaration = `(?:export\\s{1,9})?(?:(?:async\\s{1,9})?function\\s{0,9}\\*?\\s{0,9}|class\\s{1,9}|(?:let|const|var)\\s{1,9}${list})`;
  for (const start of ['^|;[ \\t]{0,9}', '^[ \\t]{0,99}|[;{}]\\s{0,9}']) {
    const pattern = new RegExp(`(?:${start})${declaration}${escaped}(?![\\w$])`, 'm');
    const found = places(code, cell => cell.source.includes(name) && pattern.test(cell.source));
    if (found.length) return found;
  }
  return [];
}
