import {readLesson} from '../exercises/build/index.ts';
import {lessonFolder, loadLesson} from '../exercises/build/lessons.ts';
import type {Lesson} from '../checking/types.ts';

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
}

export async function loadGradedLesson(slug: string): Promise<GradedLesson> {
  const {manifest} = readLesson(lessonFolder(slug));
  const {title, version, imports, backend, budgetSeconds, memoryMiB} = manifest;
  return {lesson: await loadLesson(slug), title, version, imports, backend, budgetSeconds, memoryMiB};
}

export function maxPoints({tasks}: Lesson): number {
  return tasks.reduce((sum, task) => sum + task.checks.reduce((points, check) => points + check.points, 0), 0);
}
