import type {SubmissionFile} from './collect.ts';
import {lessonOf} from './lesson-of.ts';

/**
 * A learner's folder of nbgrader holds the whole course, and an assignment may hold several notebooks: of a learner's several files, those that say
 * they are of another lesson are no attempts at this one. Who has only such keeps them, to be told.
 */
export async function attemptsAt<T extends {readonly file: SubmissionFile}>(lesson: string, files: readonly T[]): Promise<T[]> {
  const filesOf = new Map<string, number>();
  for (const {file} of files) filesOf.set(file.learner, (filesOf.get(file.learner) ?? 0) + 1);
  const others = new Set<T>();
  for (const one of files) {
    if (filesOf.get(one.file.learner) === 1) continue;
    const said = await lessonOf(one.file.path);
    if (said !== undefined && said !== lesson) others.add(one);
  }
  const withOwn = new Set(files.filter(one => !others.has(one)).map(({file}) => file.learner));
  return files.filter(one => !others.has(one) || !withOwn.has(one.file.learner));
}
