import {createHash} from 'node:crypto';
import {type Course, lessonCode, ownCourse} from '../exercises/build/course.ts';
import {readManifest} from '../exercises/build/manifest.ts';
import {type WrittenQuestion, writtenQuestions} from '../exercises/build/written.ts';
import type {Lesson} from '../checking/types.ts';
import {collectSubmissions} from './submission/collect.ts';
import {lessonOf} from './submission/lesson-of.ts';

/** What a lesson's front matter says of how it is graded. */
export interface GradingTerms {
  readonly title: string;
  readonly version: number;
  /** SHA-256 of the lesson's code: what an edited check measured before is measured again. */
  readonly codeHash: string;
  /** What submissions may import. */
  readonly imports: readonly string[];
  readonly backend: 'cpu' | 'tensorflow';
  readonly budgetSeconds: number;
  readonly memoryMiB: number;
  /** Questions that people mark. */
  readonly written: readonly WrittenQuestion[];
}

/** A lesson as the grader needs it: these terms and its checks. */
export interface GradedLesson extends GradingTerms {
  readonly lesson: Lesson;
}

export function readGradingTerms(slug: string, course: Course = ownCourse): GradingTerms {
  const folder = course.folder(slug);
  const {title, version, imports, backend, budgetSeconds, memoryMiB, written = []} = readManifest(folder);
  const codeHash = createHash('sha256').update(lessonCode(folder)).digest('hex');
  return {title, version, codeHash, imports, backend, budgetSeconds, memoryMiB, written: writtenQuestions(written)};
}

export async function loadGradedLesson(slug: string, course: Course = ownCourse): Promise<GradedLesson> {
  return {...readGradingTerms(slug, course), lesson: await course.lesson(slug)};
}

/** So many notebooks of a class are asked which lesson they are of. */
const asked = 100;

/** The lesson that was asked for, else the one that most submissions say they are of. @throws Error that says how to name it */
export async function findGradedLesson(from: string, wanted: string | undefined, course: Course = ownCourse): Promise<GradedLesson> {
  const said: (string | undefined)[] = [];
  if (wanted === undefined) {
    const files = await collectSubmissions(from);
    const step = Math.ceil(files.length / asked);
    for (const file of files.filter((_, i) => i % step === 0)) said.push(await lessonOf(file.path));
  }
  return loadGradedLesson(chooseLesson(from, wanted, said, course), course);
}

/** The slug, by what notebooks say they are of. A single submission must not choose the lesson for a class. @throws Error that says how to name it */
export function chooseLesson(from: string, wanted: string | undefined, said: readonly (string | undefined)[], course: Course): string {
  if (wanted !== undefined) return course.find(wanted)[0]!;
  const slugs = course.slugs();
  const counts = new Map<string, number>();
  for (const slug of said) if (slug !== undefined && slugs.includes(slug)) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  const other = said.find(slug => slug !== undefined && !slugs.includes(slug));
  const [most, next] = [...counts].sort(([, a], [, b]) => b - a);
  if (most && most[1] !== next?.[1]) return most[0];
  const there = `(there are ${slugs.map(slug => slug.slice(0, 2)).join(', ')})`;
  throw new Error(
    !most && other !== undefined
      ? `Expected notebooks of a lesson of ${course.root}, got ${JSON.stringify(other.slice(0, 80))}; name its course: --course <folder>, or the lesson: --lesson <number> ${there}`
      : `Expected notebooks in ${from} that say which lesson they are of, found ${next ? `as many of ${most![0]} as of ${next[0]}` : 'none'}; say it: --lesson <number> ${there}`,
  );
}

export function maxPoints({tasks}: Lesson): number {
  return tasks.reduce((sum, task) => sum + task.checks.reduce((points, check) => points + check.points, 0), 0);
}
