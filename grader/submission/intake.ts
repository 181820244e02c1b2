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

/** What a learner handed in, with its bytes where they could be read. Never throws for what the file holds. */
export async function openSubmission({
  learner,
  path,
  file,
}: SubmissionFile): Promise<{readonly submission: Submission; readonly bytes?: Buffer}> {
  try {
    const bytes = await readSubmission(path);
    return {submission: {learner, file, contentHash: contentHash(bytes), problem: ''}, bytes};
  } catch (error) {
    if (!(error instanceof UnreadableNotebook)) throw error;
    return {submission: {learner, file, contentHash: '', problem: error.message}};
  }
}

/** Reads a file into the gradebook; `keyOf` is asked where it is to be graded. Never throws for what the file holds. */
export async function takeIn(
  handedIn: SubmissionFile,
  submitted: SubmittedAt,
  lesson: string,
  gradebook: Gradebook,
  keyOf?: (learner: string, contentHash: string) => SubmissionKey,
): Promise<Submission> {
  const {submission, bytes} = await openSubmission(handedIn);
  const {learner, file, contentHash: content_hash, problem} = submission;
  await gradebook.takeIn(
    {lesson, learner, content_hash, file, submitted_at: submitted.at, submitted_from: submitted.from, problem},
    bytes,
    bytes && keyOf?.(learner, content_hash),
  );
  return submission;
}

/** A notebook's bytes, unpacked where it was handed in as an archive. @throws UnreadableNotebook */
export async function readSubmission(path: string): Promise<Buffer> {
  const bytes = await readSubmissionFile(path);
  return isArchive(path) ? notebookInArchive(bytes, maxNotebookBytes) : bytes;
}
