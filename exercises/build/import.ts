import {Ajv} from 'ajv';
import {stringify as yamlText} from 'yaml';
import {header, type LessonCell, parseLesson} from './lesson.ts';
import {expectManifest, type Manifest, manifestFields} from './manifest.ts';
import {notebookCell} from './notebook.ts';

/** A notebook as a lesson's Markdown. */
export interface ImportedLesson {
  readonly slug: string;
  /** The text of lesson.md. */
  readonly markdown: string;
  /** What a person has to look at. */
  readonly notes: string[];
}

interface GivenNotebook {
  readonly nbformat: 4;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly cells: readonly GivenCell[];
}

interface GivenCell {
  readonly cell_type: 'code' | 'markdown' | 'raw';
  readonly id?: string;
  readonly source: string | readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly attachments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const record = {type: 'object'} as const;
const isNotebook = new Ajv({validateSchema: false}).compile<GivenNotebook>({
  type: 'object',
  required: ['nbformat', 'cells'],
  properties: {
    nbformat: {const: 4},
    metadata: record,
    cells: {
      type: 'array',
      items: {
        type: 'object',
        required: ['cell_type', 'source'],
        properties: {
          cell_type: {enum: ['code', 'markdown', 'raw']},
          id: {type: 'string'},
          source: {anyOf: [{type: 'string'}, {type: 'array', items: {type: 'string'}}]},
          metadata: record,
        },
      },
    },
  },
});

/**
 * Writes a notebook as the Markdown that builds it again: the same cells, ids and metadata; outputs go, and so does white space at the ends of a cell.
 * A notebook that no lesson built gets front matter to be filled in, and with it the lesson's heading as a first cell.
 * @throws an Error that names the cell which Markdown cannot hold
 */
export function importNotebook(value: unknown, fallback: {readonly slug: string; readonly title: string}): ImportedLesson {
  if (!isNotebook(value)) {
    const [error] = isNotebook.errors ?? [];
    throw new Error(
      `Expected a notebook of nbformat 4, got one whose ${error?.instancePath || 'top'} ${error?.message}; save it in JupyterLab first`,
    );
  }
  const own = (value.metadata?.['snapgrid'] ?? {}) as {readonly lesson?: string} & Partial<Manifest>;
  const slug = own.lesson ?? fallback.slug;
  const manifest = manifestOf(own);
  const notes = manifest === undefined ? ['fill in the front matter of lesson.md: title, minutes, goals, prerequisites, imports'] : [];
  const front = manifest ?? {...emptyManifest, title: firstHeading(value.cells) ?? fallback.title};
  const asked = new Map((manifest?.written ?? []).map(({question, points}) => [question, points]));
  if (asked.size > 0) notes.push('write the rubrics of the written questions into the front matter: a notebook does not hold them');
  const cells = value.cells.map((cell, i) => readCell(cell, i, notes, asked)).filter(cell => cell.source !== '');
  if (cells[0]?.source === header(slug, front)) cells.shift();
  const fields = Object.fromEntries(manifestFields.flatMap(field => (front[field] === undefined ? [] : [[field, front[field]]])));
  const top = `---\n${yamlText(fields, {lineWidth: 0, singleQuote: true})}---\n`;
  return {slug, markdown: lessonText(slug, top, cells), notes};
}

type Cell = Pick<LessonCell, 'kind' | 'source' | 'task' | 'check' | 'points' | 'written' | 'metadata'> & {readonly id?: string};

/** A comment stands only before a cell that the text alone would not build as it was. @throws an Error that names the cell which no text builds */
function lessonText(slug: string, top: string, cells: readonly Cell[]): string {
  const marked = new Set<number>();
  for (;;) {
    const text = `${top}${cells.map((cell, i) => cellText(cell, marked.has(i))).join('\n\n')}\n`;
    const built = builtFrom(slug, text);
    const differing = cells.findIndex((cell, i) => !sameCell(cell, built[i]));
    if (differing === -1 && built.length === cells.length) return text;
    const next = cells[differing + 1];
    const swallowed = built[differing]?.source.startsWith(`${cells[differing]!.source}\n`) && next?.kind === 'markdown';
    const guilty = swallowed && !marked.has(differing + 1) ? differing + 1 : differing;
    if (differing === -1 || marked.has(guilty))
      throw new Error(
        `Expected cells that Markdown can hold, got cell ${differing + 1}: ${JSON.stringify(cells.at(differing)!.source.slice(0, 80))}; is a code fence or <details> left open there, or in the cell before?`,
      );
    marked.add(guilty);
  }
}

/** The cells behind the lesson's heading; none where the text is no lesson. */
function builtFrom(slug: string, text: string): readonly LessonCell[] {
  try {
    return parseLesson(slug, text).cells.slice(1);
  } catch {
    return [];
  }
}

/** As a notebook holds them: a given id counts, and all metadata. */
function sameCell(cell: Cell, built: LessonCell | undefined): boolean {
  if (built === undefined || built.kind !== cell.kind || (cell.id !== undefined && cell.id !== built.id)) return false;
  return JSON.stringify(notebookCell({...cell, id: built.id})) === JSON.stringify(notebookCell(built));
}

function cellText(cell: Cell, marked: boolean): string {
  const {id, metadata} = cell;
  const said = {...(id === undefined ? {} : {id}), ...(metadata === undefined ? {} : {metadata})};
  const mark = marked
    ? `<!-- cell${Object.keys(said).length === 0 ? '' : ` ${JSON.stringify(said).replaceAll('>', '\\u003e')}`} -->\n\n`
    : '';
  if (cell.kind === 'markdown') return mark + cell.source.replace(/^(\s*(?:`{3,}|~{3,})ts)\s*$/gm, '$1 shown');
  const longest = Math.max(2, ...(cell.source.match(/`{3,}/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  const info = [
    'ts',
    ...(cell.task === undefined ? [] : [`task=${cell.task}`]),
    ...(cell.check === undefined ? [] : [`check=${cell.check}`, `points=${cell.points}`]),
  ].join(' ');
  return `${mark}${fence}${info}\n${cell.source}\n${fence}`;
}

function readCell(
  {cell_type, id, source, metadata = {}, attachments = {}}: GivenCell,
  index: number,
  notes: string[],
  asked: ReadonlyMap<string, number>,
): Cell {
  const text = typeof source === 'string' ? source : source.join('');
  const withPictures = Object.entries(attachments).reduce((whole, [name, bundle]) => {
    const [type = '', data = ''] = Object.entries(bundle)[0] ?? [];
    return whole.replaceAll(`attachment:${name}`, `data:${type};base64,${data}`);
  }, text);
  if (cell_type === 'raw') notes.push(`cell ${index + 1} is raw text; it became Markdown`);
  const kind = cell_type === 'code' ? 'code' : 'markdown';
  const {snapgrid, nbgrader, ...rest} = metadata as {snapgrid?: {task?: string; check?: string}; nbgrader?: NbgraderCell};
  const {deletable: _deletable, editable: _editable, ...others} = rest as Record<string, unknown>;
  const own = (extra: Record<string, unknown>): Pick<Cell, 'metadata'> => (Object.keys(extra).length === 0 ? {} : {metadata: extra});
  const cell = {kind, source: kind === 'code' ? text : withPictures.trim(), ...(id === undefined ? {} : {id})} as const;
  if (snapgrid?.check !== undefined && nbgrader?.points !== undefined)
    return {...cell, check: snapgrid.check, points: nbgrader.points, ...own(others)};
  const task = snapgrid?.task ?? (nbgrader?.solution === true && nbgrader.grade !== true ? nbgrader.grade_id : undefined);
  if (kind === 'code' && task !== undefined && /^[A-Za-z]\w*$/.test(task)) return {...cell, task, ...own(rest)};
  const written = kind === 'markdown' && id !== undefined ? asked.get(id) : undefined;
  if (written !== undefined) return {...cell, written, ...own(rest)};
  if (nbgrader?.grade === true)
    notes.push(`cell ${index + 1} is a test of nbgrader's (${nbgrader.grade_id}); write it as a check in checks.ts`);
  return {...cell, ...own(metadata)};
}

interface NbgraderCell {
  readonly grade_id?: string;
  readonly solution?: boolean;
  readonly grade?: boolean;
  readonly points?: number;
}

/** What a lesson's own notebook says of it; undefined where another program made the notebook. */
function manifestOf(own: Readonly<Record<string, unknown>>): Manifest | undefined {
  const {lesson: _, ...manifest} = own;
  try {
    return expectManifest(manifest, 'notebook');
  } catch {
    return undefined;
  }
}

const emptyManifest: Omit<Manifest, 'title'> = {
  minutes: 30,
  version: 1,
  goals: ['write here what the learner can do afterwards'],
  prerequisites: [],
  imports: ['@tensorflow/tfjs*'],
  backend: 'cpu',
  budgetSeconds: 60,
  memoryMiB: 1024,
};

function firstHeading(cells: readonly GivenCell[]): string | undefined {
  for (const {cell_type, source} of cells) {
    const [, title] = /^#\s+(.+?)\s*$/m.exec(cell_type === 'markdown' ? [source].flat().join('') : '') ?? [];
    if (title !== undefined) return title;
  }
  return undefined;
}
