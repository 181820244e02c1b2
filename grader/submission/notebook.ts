import {constants} from 'node:fs';
import {lstat, open} from 'node:fs/promises';
import {createHash} from 'node:crypto';

/** A cell as the grader needs it; everything else in a notebook is ignored. */
export interface NotebookCell {
  readonly id: string;
  readonly kind: 'code' | 'markdown';
  readonly source: string;
  /** Our own metadata: the task that the cell answers, or checks. */
  readonly task?: string;
  /** nbgrader's: the cell is a test. */
  readonly isCheck: boolean;
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  readonly lesson?: string;
  readonly warnings: readonly string[];
}

/** The file is no notebook that can be graded; the message says why, for the instructor and the learner. */
export class UnreadableNotebook extends Error {
  override name = 'UnreadableNotebook';
}

/** Of a notebook, packed or not. */
export const maxNotebookBytes = 20 * 2 ** 20;
const maxCells = 5000;
/** Of all cells together, their outputs not counted. What looks for answers in them keeps a class waiting meanwhile. */
const maxSourceCharacters = 2 ** 20;

/** Reads the bytes of a file that a learner handed in: no symbolic link, no device, nothing too large. @throws UnreadableNotebook */
export async function readSubmissionFile(path: string): Promise<Buffer> {
  const info = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UnreadableNotebook(`Expected a file, got none that can be read (${error.code ?? error.message}).`);
  });
  if (info.isSymbolicLink()) throw new UnreadableNotebook('Expected a file, got a symbolic link; hand in the notebook itself.');
  if (!info.isFile()) throw new UnreadableNotebook('Expected a file, got a folder or a device.');
  // Between the look and the opening the file may have become a link.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw new UnreadableNotebook(`Expected a file that can be read, got ${error.code ?? error.message}.`);
  });
  try {
    const {size} = await file.stat();
    if (size > maxNotebookBytes)
      throw new UnreadableNotebook(
        `Expected at most ${maxNotebookBytes / 2 ** 20} MB, got ${Math.ceil(size / 2 ** 20)} MB; clear the outputs, then save and hand in again.`,
      );
    const bytes = Buffer.alloc(size);
    const {bytesRead} = await file.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function contentHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The notebook, or why it is none that can be graded. */
export function readNotebook(bytes: Buffer): Notebook | UnreadableNotebook {
  try {
    return parseNotebook(bytes);
  } catch (error) {
    if (error instanceof UnreadableNotebook) return error;
    throw error;
  }
}

/** Reads a notebook of nbformat 3, 4 or later. @throws UnreadableNotebook */
export function parseNotebook(bytes: Buffer): Notebook {
  if (bytes.byteLength === 0)
    throw new UnreadableNotebook('Expected a notebook, got an empty file; save it in JupyterLab and hand in again.');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw new UnreadableNotebook('Expected a notebook, got a zip archive; hand in the .ipynb file itself.');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (nestedDeeperThan(text, maxNesting))
    throw new UnreadableNotebook(`Expected a notebook, got JSON nested more than ${maxNesting} deep.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnreadableNotebook('Expected a notebook, got a file that is not JSON; was it saved to its end?', {cause});
  }
  if (!isRecord(value)) throw new UnreadableNotebook('Expected a notebook, got JSON of another kind.');
  const warnings: string[] = [];
  const format = value['nbformat'];
  if (format !== 4)
    warnings.push(
      `The notebook's format is ${typeof format === 'number' ? format : 'not said'}, expected 4; it was read as well as it can be.`,
    );
  const raw = rawCells(value);
  if (!raw) throw new UnreadableNotebook('Expected a notebook, got JSON without cells.');
  if (raw.length > maxCells) throw new UnreadableNotebook(`Expected at most ${maxCells} cells, got ${raw.length.toLocaleString('en')}.`);
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const own = isRecord(metadata['snapgrid']) ? metadata['snapgrid'] : {};
  const kernel = isRecord(metadata['kernelspec']) ? metadata['kernelspec']['name'] : undefined;
  if (typeof kernel === 'string' && kernel !== 'snapgrid')
    warnings.push(`The notebook was saved for the kernel "${kernel.slice(0, 40)}"; its cells are run as TypeScript.`);
  const ids = new Set<string>();
  let missing = 0;
  let twice = 0;
  const cells = raw.filter(isRecord).map((cell, i): NotebookCell => {
    const given = cell['id'];
    let id = typeof given === 'string' && given ? given.slice(0, 64) : '';
    if (!id) missing++;
    else if (ids.has(id)) twice++;
    for (let number = i + 1; !id || ids.has(id); number++) id = `cell-${number}`;
    ids.add(id);
    return readCell(cell, id);
  });
  if (missing) warnings.push(`${missing} cells have no id; they are numbered.`);
  if (twice) warnings.push(`${twice} cells share another cell's id; they are numbered.`);
  if (cells.length < raw.length) warnings.push(`${raw.length - cells.length} cells are none and were left out.`);
  const characters = cells.reduce((sum, cell) => sum + cell.source.length, 0);
  if (characters > maxSourceCharacters)
    throw new UnreadableNotebook(
      `Expected at most ${maxSourceCharacters.toLocaleString('en')} characters in a notebook's cells, got ${characters.toLocaleString('en')}; is data written out in one of them?`,
    );
  return {cells, warnings, ...(typeof own['lesson'] === 'string' ? {lesson: own['lesson']} : {})};
}

const maxNesting = 200;

/** JSON.parse itself takes 10,000 levels, but what walks its result may not. */
function nestedDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > limit) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

/** nbformat 3 keeps its cells in worksheets. */
function rawCells(notebook: Record<string, unknown>): unknown[] | undefined {
  if (Array.isArray(notebook['cells'])) return notebook['cells'];
  const sheets = notebook['worksheets'];
  if (!Array.isArray(sheets)) return undefined;
  return sheets.flatMap(sheet => (isRecord(sheet) && Array.isArray(sheet['cells']) ? (sheet['cells'] as unknown[]) : []));
}

function readCell(cell: Record<string, unknown>, id: string): NotebookCell {
  const metadata = isRecord(cell['metadata']) ? cell['metadata'] : {};
  const own = isRecord(metadata['snapgrid']) ? metadata['snapgrid'] : {};
  const nbgrader = isRecord(metadata['nbgrader']) ? metadata['nbgrader'] : {};
  const named = own['task'] ?? (nbgrader['solution'] === true ? nbgrader['grade_id'] : undefined);
  return {
    id,
    kind: cell['cell_type'] === 'code' ? 'code' : 'markdown',
    source: sourceText(cell['source'] ?? cell['input']).replace(/\r\n?/g, '\n'),
    isCheck: nbgrader['grade'] === true && nbgrader['solution'] !== true,
    ...(typeof named === 'string' ? {task: named} : {}),
  };
}

function sourceText(source: unknown): string {
  if (typeof source === 'string') return source;
  return Array.isArray(source) ? source.filter(line => typeof line === 'string').join('') : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
