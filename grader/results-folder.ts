import {createHash} from 'node:crypto';
import {mkdir, open, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {classPage, feedbackPage, gradesCsv, resultsCsv} from './reports/index.ts';
import {gradebookFile} from './gradebook/gradebook.ts';
import type {Grade} from './gradebook/grades.ts';
import type {MarkedAnswer} from './gradebook/marks.ts';
import {lockFile} from './gradebook/lock.ts';
import type {SubmissionResult} from './results.ts';

/** What the grader itself writes in the folder: no learner's folder may have these names. */
const reserved = new Set([
  'class.html',
  'grades.csv',
  gradebookFile,
  `${gradebookFile}-wal`,
  `${gradebookFile}-shm`,
  lockFile,
  'instructor',
]);

/** Writes one learner's files, and the instructor's log where there is one. */
export async function writeSubmission(
  folder: string,
  result: SubmissionResult,
  lessonTitle: string,
  log: string,
  written: readonly MarkedAnswer[] = [],
): Promise<void> {
  const own = join(folder, folderOf(result.learner));
  await replaceFile(join(own, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  await replaceFile(join(own, 'feedback.html'), feedbackPage(result, lessonTitle, written));
  if (log) await replaceFile(join(folder, 'instructor', `${folderOf(result.learner)}.log`), log);
}

/** Writes what is about the whole class; `grades` where an assignment says more than what was measured: lateness, missing ones, decisions. */
export async function writeClass(
  folder: string,
  results: readonly SubmissionResult[],
  lesson: {title: string; slug: string},
  grades?: readonly Grade[],
): Promise<void> {
  const feedbackPath = (result: SubmissionResult): string => `${encodeURIComponent(folderOf(result.learner))}/feedback.html`;
  await replaceFile(join(folder, 'class.html'), classPage(results, lesson, {feedbackPath}));
  if (grades) await writeGrades(folder, grades);
  else await replaceFile(join(folder, 'grades.csv'), resultsCsv(results));
}

export async function writeGrades(folder: string, grades: readonly Grade[]): Promise<void> {
  await replaceFile(join(folder, 'grades.csv'), gradesCsv(grades));
}

/** A learner's name as the name of a folder, on every file system; no two learners share one. */
export function folderOf(learner: string): string {
  const safe =
    learner
      .replace(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic} ._@+-]/gu, '-')
      .slice(0, 80)
      .trim() || 'learner';
  // A name that looks like one that was changed is changed too.
  const kept =
    safe === learner &&
    !reserved.has(safe.toLowerCase()) &&
    !safe.toLowerCase().startsWith(`${gradebookFile}.`) &&
    !/^\.+$|-[0-9a-f]{12}$/.test(safe);
  return kept ? safe : `${safe}-${createHash('sha256').update(learner).digest('hex').slice(0, 12)}`;
}

/** All of the new file or all of the old one, also after a power cut. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const half = `${path}.half`;
  try {
    const file = await open(half, 'w');
    try {
      await file.writeFile(content);
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
