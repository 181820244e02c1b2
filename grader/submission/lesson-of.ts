import {readSubmission} from './intake.ts';
import {parseNotebook, UnreadableNotebook} from './notebook.ts';

/** The lesson that a notebook says it is of; undefined where it says none or cannot be read. */
export async function lessonOf(path: string): Promise<string | undefined> {
  try {
    return parseNotebook(await readSubmission(path)).lesson;
  } catch (error) {
    if (error instanceof UnreadableNotebook) return undefined;
    throw error;
  }
}
