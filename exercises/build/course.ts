import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import type {Lesson} from '../../checking/types.ts';
import {projectRoot} from '../../project/root.ts';

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

/** A folder with exercises/, solutions/ and notebooks/: snapgrid's own, or an instructor's anywhere else. */
export class Course {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** The lessons' slugs in order: folders of exercises/ whose names begin with two digits and that hold a lesson. */
  slugs(): string[] {
    const folder = join(this.root, 'exercises');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter(name => /^\d\d-/.test(name) && existsSync(join(folder, name, 'lesson.md')))
      .sort();
  }

  /** `04`, `4` or a whole slug → its slug; nothing → all. @throws an Error that lists the lessons there are */
  find(wanted?: string): string[] {
    const slugs = this.slugs();
    if (wanted === undefined) return slugs;
    const found = slugs.filter(slug => slug === wanted || slug.slice(0, 2) === wanted.padStart(2, '0'));
    if (found.length > 0) return found;
    const there = slugs.length > 0 ? `there are ${slugs.join(', ')}` : `there are none in ${join(this.root, 'exercises')}`;
    throw new Error(`Expected a lesson's number or folder, got ${JSON.stringify(wanted)}; ${there}`);
  }

  folder(slug: string): string {
    return join(this.root, 'exercises', slug);
  }

  get notebooks(): string {
    return join(this.root, 'notebooks');
  }

  /** The lesson's checks, from its checks.ts. @throws an Error that names the file and what it must export */
  async lesson(slug: string): Promise<Lesson> {
    const checks = join(this.folder(slug), 'checks.ts');
    if (this.root !== projectRoot && !existsSync(checks))
      throw new Error(
        `Expected the lesson's checks at ${checks}, found none; write them: a lesson of "npx snapgrid new" shows what they look like`,
      );
    const compiled =
      this.root === projectRoot ? ownExercises : {folder: (await import('./compile.ts')).compileExercises(this.root), extension: 'js'};
    const {lesson} = (await import(`${compiled.folder}${slug}/checks.${compiled.extension}`)) as {lesson?: Lesson};
    if (lesson === undefined) throw new Error(`Expected ${checks} to export lesson: Lesson, found none`);
    return lesson;
  }

  solutions(slug: string): SolutionFiles {
    const folder = join(this.root, 'solutions', slug);
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
}

/** The text of all of a lesson's own code: its checks and what lies beside them. Unit tests there decide nothing that is measured. */
export function lessonCode(folder: string): string {
  return readdirSync(folder)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map(name => `\n${name}\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('');
}

/** Beside this file: sources in tests, compiled elsewhere. */
const ownExercises = {folder: new URL('../', import.meta.url).href, extension: import.meta.url.endsWith('.ts') ? 'ts' : 'js'};

/** snapgrid's own course. */
export const ownCourse = new Course(projectRoot);

/** The course in a folder, snapgrid's own where none is named. @throws an Error that says how to make one */
export function openCourse(folder?: string): Course {
  if (folder === undefined) return ownCourse;
  const course = new Course(folder);
  if (!existsSync(course.root) || !statSync(course.root).isDirectory())
    throw new Error(`Expected a course's folder, found none at ${course.root}; make one: npx snapgrid new 01-my-lesson --course ${folder}`);
  return course;
}
