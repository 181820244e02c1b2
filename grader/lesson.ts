import {readLesson, type WrittenQuestion, writtenQuestions} from '../exercises/build/index.ts';
import {type Course, ownCourse} from '../exercises/build/course.ts';
import type {Lesson} from '../checking/types.ts';
import {collectSubmissions} from './submission/collect.ts';
import {readSubmission} from './submission/intake.ts';
import {parseNotebook, UnreadableNotebook} from './submission/notebook.ts';

/** A lesson as the grader needs it: its checks and its front matter. */
export interface GradedLesson {
  readonly lesson: Lesson;
  readonly title: string;
  readonly version: number;
  /** What submissions may import. */
  readonly imports: readonly string[];
  readonly backend: 'cpu' | 'tensorflow';
  readonly budgetSeconds: number;
  readonly memoryMiB: number;
  /** Questions that people mark. */
  readonly written: readonly WrittenQuestion[];
}

export async function loadGradedLesson(slug: string, course: Course = ownCourse): Promise<GradedLesson> {
  const {manifest} = readLesson(course.folder(slug));
  const {title, version, imports, backend, budgetSeconds, memoryMiB, written = []} = manifest;
  const questions = writtenQuestions(written);
  return {lesson: await course.lesson(slug), title, version, imports, backend, budgetSeconds, memoryMiB, written: questions};
}

/** The lesson that was asked for, else the one that the submissions say they are of. @throws Error that says how to name it */
export async function findGradedLesson(from: string, wanted: string | undefined, course: Course = ownCourse): Promise<GradedLesson> {
  if (wanted !== undefined) return loadGradedLesson(course.find(wanted)[0]!, course);
  for (const file of await collectSubmissions(from)) {
    const said = await lessonOf(file.path);
    if (said !== undefined && course.slugs().includes(said)) return loadGradedLesson(said, course);
  }
  throw new Error(
    `Expected notebooks in ${from} that say which lesson they are of, found none; say it: --lesson 04 (there are ${course.slugs().join(', ')})`,
  );
}

async function lessonOf(path: string): Promise<string | undefined> {
  try {
    return parseNotebook(await readSubmission(path)).lesson;
  } catch (error) {
    if (error instanceof UnreadableNotebook) return undefined;
    throw error;
  }
}

export function maxPoints({tasks}: Lesson): number {
  return tasks.reduce((sum, task) => sum + task.checks.reduce((points, check) => points + check.points, 0), 0);
}
