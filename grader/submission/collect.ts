import {lstat, readdir} from 'node:fs/promises';
import {basename, dirname, join, relative, sep} from 'node:path';
import {byLearner} from '../order.ts';
import {isArchive} from './archive.ts';

export interface SubmissionFile {
  readonly learner: string;
  readonly path: string;
  /** Relative to the folder that was given. */
  readonly file: string;
  /** Where nbgrader notes when it was handed in; missing in other layouts, where such a file would be the learner's own. */
  readonly timestamp?: string;
}

const maxDepth = 4;

/**
 * Finds the notebooks of a class: `id_anything.ipynb` in one folder, `<learner>/<anything>.ipynb`,
 * nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb`, or what Moodle's download of an assignment unpacks to; wherever a notebook may lie, a zip archive that holds it may, too.
 * In order of learner and file. Of several assignments in nbgrader's folders those of `assignment` are taken; where that is not said, of the folder that
 * has the lesson's name.
 * A folder's symbolic link is not followed; a notebook's is listed, and refused when it is read.
 */
export async function collectSubmissions(folder: string, assignment?: string, lesson?: string): Promise<SubmissionFile[]> {
  const info = await lstat(folder).catch(() => undefined);
  if (!info)
    throw new Error(
      `Expected a notebook, a zip archive of one or a folder of submissions, got ${folder}, which is not there; check the path`,
    );
  if (!info.isDirectory()) return [{learner: learnerOfFile(folder), path: folder, file: basename(folder)}];
  const paths: string[] = [];
  const walk = async (at: string, depth: number): Promise<void> => {
    for (const entry of await readdir(at, {withFileTypes: true})) {
      if (entry.name.startsWith('.')) continue; // .ipynb_checkpoints among them
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (depth < maxDepth) await walk(path, depth + 1);
      } else if (isSubmission(entry.name)) paths.push(path);
    }
  };
  await walk(folder, 0);
  const inSubmitted = await isFolder(join(folder, 'submitted'));
  const base = inSubmitted ? join(folder, 'submitted') : folder;
  const assignmentOf = (path: string): string | undefined => relative(base, dirname(path)).split(sep)[1];
  const below = paths.filter(path => !inSubmitted || path.startsWith(base + sep));
  const wanted = assignment ?? (below.some(path => assignmentOf(path) === lesson) ? lesson : undefined);
  const files = below
    .filter(path => wanted === undefined || (assignmentOf(path) ?? wanted) === wanted)
    .map(path => {
      const submission = {learner: learnerOf(relative(base, path)), path, file: relative(folder, path)};
      const noted = basename(base) === 'submitted' && relative(base, path).split(sep).length === 3;
      return noted ? {...submission, timestamp: join(dirname(path), 'timestamp.txt')} : submission;
    });
  return files.sort(byLearner);
}

function learnerOf(file: string): string {
  const parts = file.split(sep);
  return parts.length > 1 ? (moodleParticipant(parts[0]!) ?? parts[0]!) : learnerOfFile(file);
}

/** `Ada Lovelace_4711_assignsubmission_file_…`, a folder or a file of Moodle's download → as its grading worksheet names the learner: two may share a name. */
function moodleParticipant(name: string): string | undefined {
  const number = /_(\d+)_assignsubmission_file_/.exec(name)?.[1];
  return number === undefined ? undefined : `Participant ${number}`;
}

function isSubmission(name: string): boolean {
  return name.endsWith('.ipynb') || isArchive(name);
}

/** `42_lesson.ipynb` is of learner 42. */
function learnerOfFile(file: string): string {
  const name = basename(file).replace(/\.(ipynb|zip)$/i, '');
  const id = moodleParticipant(name) ?? name.split('_')[0]!;
  return id || name;
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    info => info.isDirectory(),
    () => false,
  );
}
