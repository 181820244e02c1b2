import {type GradedNotebook, gradeNotebook, type JudgingContext, newSheet, notGraded, type Sheet} from './grade-notebook.ts';
import type {Gradebook, SubmissionKey} from './gradebook/gradebook.ts';
import {hiddenSeed, seedId} from './judge/judge.ts';
import type {Submission} from './submission/intake.ts';
import {readNotebook} from './submission/notebook.ts';

export interface GradingContext extends JudgingContext {
  readonly gradebook: Gradebook;
}

export interface Graded extends GradedNotebook {
  readonly reused: boolean;
}

/** A submission that took the grader along this often is not tried again by itself. */
const maxAttempts = 5;

/** What tells the grading of this notebook from every other. */
export function gradingKey(
  learner: string,
  contentHash: string,
  {lesson, secret}: Pick<GradingContext, 'lesson' | 'secret'>,
  seed = hiddenSeed(secret, learner, lesson.lesson.slug, lesson.version, contentHash),
): SubmissionKey {
  return {lesson: lesson.lesson.slug, lessonVersion: lesson.version, learner, contentHash, seedId: seedId(seed)};
}

/** Grades what was taken in, and keeps the result. Never throws for what the notebook holds. */
export async function gradeSubmission(file: Submission, assumed: readonly string[], context: GradingContext): Promise<Graded> {
  const {gradebook} = context;
  const sheet = newSheet(file, assumed, context);
  if (file.problem) return {result: notGraded(sheet, file.problem), log: '', reused: false};
  const key = gradingKey(file.learner, file.contentHash, context, sheet.seed);
  const earlier = await gradebook.find(key);
  if (earlier?.result.codeHash === context.lesson.codeHash) return {...earlier, reused: true};

  const attempts = await gradebook.start(key, file.file);
  const graded =
    attempts < maxAttempts ? await gradeNotebook(readNotebook(await bytesOf(file, gradebook)), sheet) : endedTheGrader(attempts, sheet);
  try {
    if (graded.ours) await gradebook.release(key, graded.result.reason);
    else await gradebook.finish(key, graded.result, graded.log);
  } catch (error) {
    // What stops the grader here is no fault of the submission: that is noted, where so small a note still fits on the disk.
    await gradebook.release(key, 'Its result could not be written.').catch(() => undefined);
    throw error;
  }
  return {...graded, reused: false};
}

async function bytesOf({learner, contentHash}: Submission, gradebook: Gradebook): Promise<Buffer> {
  const bytes = await gradebook.content(contentHash);
  if (!bytes) throw new Error(`Expected the notebook of ${learner} in the gradebook, found none; grade the folder of submissions again`);
  return bytes;
}

function endedTheGrader(attempts: number, sheet: Sheet): GradedNotebook {
  return {result: notGraded(sheet, `Grading it ended the grader ${attempts} times; grade it alone to see why.`), log: ''};
}
