import type {Gradebook, SubmissionKey} from '../gradebook/gradebook.ts';
import {isArchive, notebookInArchive} from './archive.ts';
import type {SubmissionFile} from './collect.ts';
import {contentHash, maxNotebookBytes, readSubmissionFile, UnreadableNotebook} from './notebook.ts';
import type {SubmittedAt} from './submitted-at.ts';

/** What a learner handed in, once it is in the gradebook: graded is what was taken in, whatever becomes of the file. */
export interface Submission {
  readonly learner: string;
  readonly file: string;
  /** Empty where it could not be read. */
  readonly contentHash: string;
  /** Why it could not be read; empty where it could. */
  readonly problem: string;
}

/** Reads a file into the gradebook; `keyOf` is asked where it is to be graded. Never throws for what the file holds. */
export async function takeIn(
  {learner, path, file}: SubmissionFile,
  submitted: SubmittedAt,
  lesson: string,
  gradebook: Gradebook,
  keyOf?: (learner: string, contentHash: string) => SubmissionKey,
): Promise<Submission> {
  const bytes = await readSubmission(path).catch((error: unknown) => {
    if (error instanceof UnreadableNotebook) return error;
    throw error;
  });
  const read = bytes instanceof UnreadableNotebook ? undefined : bytes;
  const hash = read ? contentHash(read) : '';
  const problem = bytes instanceof UnreadableNotebook ? bytes.message : '';
  await gradebook.takeIn(
    {lesson, learner, content_hash: hash, file, submitted_at: submitted.at, submitted_from: submitted.from, problem},
    read,
    read && keyOf?.(learner, hash),
  );
  return {learner, file, contentHash: hash, problem};
}

/** A notebook's bytes, unpacked where it was handed in as an archive. @throws UnreadableNotebook */
export async function readSubmission(path: string): Promise<Buffer> {
  const bytes = await readSubmissionFile(path);
  return isArchive(path) ? notebookInArchive(bytes, maxNotebookBytes) : bytes;
}
