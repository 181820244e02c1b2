import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Lesson} from '../../checking/types.ts';
import {projectRoot} from '../../project/root.ts';

/** The lessons' slugs in order: folders of exercises/ whose names begin with two digits and that hold a lesson. */
export function lessonSlugs(): string[] {
  const folder = join(projectRoot, 'exercises');
  return readdirSync(folder)
    .filter(name => /^\d\d-/.test(name) && existsSync(join(folder, name, 'lesson.md')))
    .sort();
}

/** `04`, `4` or a whole slug → its slug; nothing → all. @throws an Error that lists the lessons there are */
export function findLessons(wanted?: string): string[] {
  const slugs = lessonSlugs();
  if (wanted === undefined) return slugs;
  const found = slugs.filter(slug => slug === wanted || slug.slice(0, 2) === wanted.padStart(2, '0'));
  if (found.length === 0)
    throw new Error(`Expected a lesson's number or folder, got ${JSON.stringify(wanted)}; there are ${slugs.join(', ')}`);
  return found;
}

export function lessonFolder(slug: string): string {
  return join(projectRoot, 'exercises', slug);
}

/** The lesson's checks, from its compiled checks.ts beside this file. */
export async function loadLesson(slug: string): Promise<Lesson> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const {lesson} = (await import(new URL(`../${slug}/checks.${extension}`, import.meta.url).href)) as {lesson: Lesson};
  return lesson;
}

/** The files of a lesson's solutions, by role. */
export interface SolutionFiles {
  readonly answers: SolutionFile;
  readonly alternatives: readonly SolutionFile[];
  readonly wrong: readonly SolutionFile[];
}

export interface SolutionFile {
  /** `wrong/floor.ts` */
  readonly name: string;
  readonly source: string;
}

export function readSolutions(slug: string): SolutionFiles {
  const folder = join(projectRoot, 'solutions', slug);
  const read = (name: string): SolutionFile => ({name, source: readFileSync(join(folder, name), 'utf8')});
  const readAll = (part: string): SolutionFile[] =>
    existsSync(join(folder, part))
      ? readdirSync(join(folder, part))
          .filter(name => name.endsWith('.ts'))
          .sort()
          .map(name => read(`${part}/${name}`))
      : [];
  return {answers: read('answers.ts'), alternatives: readAll('alternatives'), wrong: readAll('wrong')};
}
