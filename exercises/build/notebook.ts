import type {LessonCell, ParsedLesson} from './lesson.ts';
import type {Manifest} from './manifest.ts';

/** A notebook of nbformat 4.5, as it is written to disk. */
export interface Notebook {
  readonly cells: readonly NotebookCell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

export type NotebookCell = {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: readonly string[];
} & ({readonly cell_type: 'markdown'} | {readonly cell_type: 'code'; readonly execution_count: null; readonly outputs: readonly []});

/** What the kernel says of its language, in full: JupyterLab would else write it in and call a notebook changed that was only opened. */
const languageInfo = {
  codemirror_mode: 'typescript',
  file_extension: '.ts',
  mimetype: 'application/typescript',
  name: 'typescript',
  nbconvert_exporter: 'script',
  pygments_lexer: 'typescript',
  version: 'ES2023',
} as const;

/** The lesson as a notebook without outputs. */
export function buildNotebook(lesson: ParsedLesson): Notebook {
  return {
    cells: lesson.cells.map(cell => notebookCell(cell)),
    metadata: {
      kernelspec: {display_name: 'TypeScript (snapgrid)', language: 'typescript', name: 'snapgrid'},
      language_info: languageInfo,
      snapgrid: {lesson: lesson.slug, ...shownManifest(lesson.manifest)},
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** What an answer is to say is for who marks it. */
function shownManifest({written, ...manifest}: Manifest): Manifest {
  return written === undefined ? manifest : {...manifest, written: written.map(({rubric: _rubric, ...question}) => question)};
}

/** The notebook's bytes, as nbformat itself writes them: keys sorted, one space of indentation. The same lesson gives the same bytes. */
export function notebookText(notebook: Notebook): string {
  return `${JSON.stringify(sortKeys(notebook), null, 1)}\n`;
}

/** `source` replaces the cell's own: a solved submission's answer. */
export function notebookCell(cell: LessonCell, source = cell.source): NotebookCell {
  const shared = {id: cell.id, metadata: cellMetadata(cell), source: source.split(/(?<=\n)/)};
  return cell.kind === 'markdown' ? {cell_type: 'markdown', ...shared} : {cell_type: 'code', execution_count: null, outputs: [], ...shared};
}

/** nbgrader's metadata, version 3, beside our own, so that its tools open our notebooks. */
function cellMetadata({id, task, check, points, written, metadata}: LessonCell): Record<string, unknown> {
  const nbgrader = {schema_version: 3, cell_type: 'code', task: false};
  if (task !== undefined)
    return {nbgrader: {...nbgrader, grade: false, grade_id: task, locked: false, solution: true}, snapgrid: {task}, ...metadata};
  if (check !== undefined) {
    return {
      deletable: false,
      editable: false,
      nbgrader: {...nbgrader, grade: true, grade_id: `check-${check}`, locked: true, points, solution: false},
      snapgrid: {check},
      ...metadata,
    };
  }
  if (written !== undefined) {
    // nbgrader's "manually graded answer".
    const marked = {...nbgrader, cell_type: 'markdown', grade: true, grade_id: id, locked: false, points: written, solution: true};
    return {nbgrader: marked, ...metadata};
  }
  return {...metadata};
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
