import {type Course, ownCourse} from '../exercises/build/course.ts';
import type {GradedNotebook, JudgingContext} from './grade-notebook.ts';
import {chooseLesson, readGradingTerms} from './lesson.ts';
import {requireSandbox, sandboxPlan, type SandboxWishes} from './sandbox/plan.ts';
import {SandboxPool} from './sandbox/pool.ts';
import {collectSubmissions} from './submission/collect.ts';
import {openSubmission} from './submission/intake.ts';
import {readNotebook, UnreadableNotebook} from './submission/notebook.ts';

export interface GradeOneOptions extends Omit<SandboxWishes, 'lesson'>, Pick<JudgingContext, 'secret' | 'graderVersion'> {
  /** Its number or name, where the notebook does not say it. */
  readonly lesson?: string;
  readonly course?: Course;
}

/**
 * Grades one notebook as a class's are, and keeps nothing. The sandbox starts while what judges is still being loaded, and whether this machine makes
 * any is asked where it failed: somebody waits for this one. Never throws for what the notebook holds.
 */
export async function gradeOne(path: string, options: GradeOneOptions): Promise<GradedNotebook> {
  const {course = ownCourse} = options;
  const [file] = await collectSubmissions(path);
  const {submission, bytes} = await openSubmission(file!);
  const notebook = bytes && readNotebook(bytes);
  const slug = chooseLesson(path, options.lesson, [notebook instanceof UnreadableNotebook ? undefined : notebook?.lesson], course);
  const terms = readGradingTerms(slug, course);
  const plan = await sandboxPlan({...options, lesson: terms});
  const source = new SandboxPool(plan, 1, 1);
  try {
    const [lesson, {gradeNotebook, maxTries, newSheet, notGraded}] = await Promise.all([
      course.lesson(slug),
      import('./grade-notebook.ts'),
    ]);
    const sheet = newSheet(submission, [], {...options, source, lesson: {...terms, lesson}});
    if (!notebook) return {result: notGraded(sheet, submission.problem), log: ''};
    for (let tries = 1; ; tries++) {
      const graded = await gradeNotebook(notebook, sheet);
      if (!graded.ours) return graded;
      await requireSandbox(plan);
      if (tries === maxTries) return graded;
    }
  } finally {
    await source.close();
  }
}
