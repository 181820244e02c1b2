import {createHash} from 'node:crypto';
import {mkdir, open, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {ClassFigures, classPage, feedbackPage, gradesCsv, type ReadClass} from './reports/index.ts';
import {Gradebook, gradebookFile} from './gradebook/gradebook.ts';
import {eachGraded, type Grade, type GradedLearner, type KeptAssignment, withQuestionsThatCount} from './gradebook/grades.ts';
import type {MarkedAnswer} from './gradebook/marks.ts';
import {lockFile} from './gradebook/lock.ts';
import type {SubmissionResult} from './results.ts';

/** What the grader itself writes in the folder: no learner's folder may have a name that begins so, as what is half written and what SQLite keeps beside its files do. */
const ownFiles = ['class.html', 'grades.csv', gradebookFile, lockFile];
const ownFolders = new Set(['instructor', 'lessons']);

/** Where the files of an assignment lie in a folder of results. */
export function assignmentFolder(results: string, {folder}: Pick<KeptAssignment, 'folder'>): string {
  return join(results, folder);
}

/** Writes one learner's files, and the instructor's log where there is one. */
export async function writeSubmission(
  folder: string,
  result: SubmissionResult,
  lessonTitle: string,
  log: string,
  written: readonly MarkedAnswer[] = [],
  grade?: Grade,
): Promise<void> {
  const own = join(folder, folderOf(result.learner));
  await replaceFile(join(own, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  await replaceFile(join(own, 'feedback.html'), feedbackPage(result, lessonTitle, written, grade));
  if (log) await replaceFile(join(folder, 'instructor', `${folderOf(result.learner)}.log`), log);
}

/** Writes a learner's files with all that the grade says. */
export async function writeGraded(
  results: string,
  gradebook: Gradebook,
  kept: KeptAssignment,
  {grade, result}: GradedLearner,
): Promise<void> {
  if (!result) return;
  const whole = (await gradebook.find(result)) ?? {result, log: ''};
  await writeSubmission(assignmentFolder(results, kept), whole.result, kept.title, whole.log, grade.attempt?.written, grade);
}

/**
 * Writes what is about the whole class: `class.html` and `grades.csv`. The class is read from the gradebook one learner after the other, once for each,
 * all of it in the first round and points alone after that;
 * `each` is called with every learner in the first round.
 */
export async function writeClass(
  results: string,
  gradebook: Gradebook,
  assignment: KeptAssignment,
  each: (learner: GradedLearner) => Promise<void> | void = () => undefined,
): Promise<void> {
  const folder = assignmentFolder(results, assignment);
  const kept = await withQuestionsThatCount(gradebook, assignment);
  const figures = new ClassFigures();
  let decided = false;
  for await (const learner of eachGraded(gradebook, kept, {checks: true})) {
    await each(learner);
    if (wasHandled(learner)) figures.add(learner.result);
    else if (isMissing(learner)) figures.missing++;
    decided ||= (learner.grade.override ?? learner.grade.extension) !== undefined;
  }
  const measured = !saysMore(kept) && !decided;
  const everybody: ReadClass = () => eachGraded(gradebook, kept, {checks: false});
  const handled: ReadClass = () => only(everybody(), wasHandled);
  const feedbackPath = (learner: string): string => `${folderOf(learner)}/feedback.html`;
  const shown: ReadClass = () => only(everybody(), learner => wasHandled(learner) || isMissing(learner));
  await replaceFile(join(folder, 'class.html'), classPage(shown, figures, kept, {feedbackPath}));
  const listed = measured ? handled() : everybody();
  await replaceFile(join(folder, 'grades.csv'), gradesCsv(gradesIn(listed), [...figures.tasks.keys()], measured));
}

/** Whether an assignment says more than what was measured. */
function saysMore({due, students, points, extraCredit, written}: KeptAssignment): boolean {
  return (
    due !== undefined || students !== undefined || points !== undefined || extraCredit.length > 0 || written.some(({counts}) => counts)
  );
}

/** Graded, or known not to be: not what waits. */
function wasHandled({grade: {status}}: GradedLearner): boolean {
  return status !== 'queued' && status !== 'running' && status !== 'missing';
}

function isMissing({grade: {status}}: GradedLearner): boolean {
  return status === 'missing';
}

async function* only(learners: ReturnType<ReadClass>, wanted: (learner: GradedLearner) => boolean): AsyncGenerator<GradedLearner> {
  for await (const learner of learners) if (wanted(learner)) yield learner;
}

async function* gradesIn(learners: AsyncIterable<GradedLearner> | Iterable<GradedLearner>): AsyncGenerator<Grade> {
  for await (const {grade} of learners) yield grade;
}

/** A learner's name as the name of a folder, on every file system; no two learners share one. */
export function folderOf(learner: string): string {
  const safe = firstOf(learner.replace(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic} ._@+-]/gu, '-')).trim() || 'learner';
  const lower = safe.toLowerCase();
  // A name that looks like one that was changed is changed too.
  const kept =
    safe === learner && !ownFolders.has(lower) && !ownFiles.some(file => lower.startsWith(file)) && !/^\.+$|-[0-9a-f]{12}$/.test(safe);
  return kept ? safe : `${safe}-${createHash('sha256').update(learner).digest('hex').slice(0, 12)}`;
}

const longestName = {characters: 80, bytes: 200};

/** As much of a name as leaves room, in the 255 bytes that a file's name may have, for what is put behind it. */
function firstOf(name: string): string {
  let first = '';
  for (const character of [...name].slice(0, longestName.characters)) {
    if (Buffer.byteLength(first + character) > longestName.bytes) break;
    first += character;
  }
  return first;
}

/** All of the new file or all of the old one, also after a power cut. */
export async function replaceFile(path: string, content: string | AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const half = `${path}.half`;
  try {
    const file = await open(half, 'w');
    try {
      if (typeof content === 'string') await file.writeFile(content);
      else for await (const piece of inPieces(content)) await file.appendFile(piece);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(half, path);
  } catch (cause) {
    await rm(half, {force: true});
    const {code, message} = cause as NodeJS.ErrnoException;
    throw new Error(
      `Expected to write ${path}, got ${code ?? message}; ${code === 'ENOSPC' ? 'make room on the disk' : 'check the folder'} and start again: what was graded is kept`,
      {cause},
    );
  }
}

const pieceCharacters = 2 ** 16;

/** Few large writes in place of many small ones. */
export async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
