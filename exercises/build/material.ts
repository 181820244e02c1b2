import {createHash} from 'node:crypto';
import type {Lesson, Task} from '../../checking/types.ts';
import {type Course, lessonCode, type SolutionFile, type SolutionFiles} from './course.ts';
import {type ParsedLesson, readLesson} from './lesson.ts';
import {type Scope, solutionScope} from './scope.ts';
import {answerPieces} from './submission.ts';

/** All that is known about a lesson. */
export interface Material {
  readonly course: Course;
  /** Where lesson.md and checks.ts are. */
  readonly folder: string;
  readonly parsed: ParsedLesson;
  readonly lesson: Lesson;
  readonly solutions: SolutionFiles;
  /** Tensors for the solutions: the loaded backend's namespace. */
  readonly tf: unknown;
}

export async function loadMaterial(course: Course, slug: string, tf: unknown): Promise<Material> {
  const folder = course.folder(slug);
  return {course, folder, parsed: readLesson(folder), lesson: await course.lesson(slug), solutions: course.solutions(slug), tf};
}

/** A solution to be judged on some of the lesson's tasks. */
export interface Candidate {
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly scope: Scope;
  /** Changes with everything that decides what is measured of it. */
  readonly key: string;
}

export interface WrongCandidate extends Candidate {
  /** The check that must catch it. */
  readonly caughtBy: {readonly task: string; readonly check: string};
}

/** The solution on every task, then each alternative on the tasks it does differently. */
export function rightCandidates({folder, parsed, lesson, solutions, tf}: Material): Candidate[] {
  const {answers, alternatives} = solutions;
  return [
    {name: answers.name, tasks: lesson.tasks, scope: solutionScope(parsed, tf, answers.source), key: hashOf(folder, [answers])},
    ...alternatives.map(file => ({
      name: file.name,
      tasks: tasksChangedBy(parsed, lesson, answers.source, file.source),
      scope: solutionScope(parsed, tf, answers.source, file.source),
      key: hashOf(folder, [answers, file]),
    })),
  ];
}

export function wrongCandidates({folder, parsed, lesson, solutions, tf}: Material): WrongCandidate[] {
  return solutions.wrong.map(file => {
    const caughtBy = caughtByOf(file.source);
    const task = lesson.tasks.find(task => task.name === caughtBy?.task);
    if (caughtBy === undefined || !task?.checks.some(check => check.name === caughtBy.check)) {
      throw new Error(
        `${parsed.slug}/${file.name}: expected \`export const caughtBy = {task: '…', check: '…'}\` with a check of checks.ts, got ${JSON.stringify(caughtBy)}`,
      );
    }
    const scope = solutionScope(parsed, tf, solutions.answers.source, file.source);
    return {name: file.name, tasks: [task], scope, caughtBy, key: hashOf(folder, [solutions.answers, file])};
  });
}

/** Changes with everything that decides a lesson's margins. */
export function materialHash({folder, solutions}: Pick<Material, 'folder' | 'solutions'>): string {
  return hashOf(folder, [solutions.answers, ...solutions.alternatives, ...solutions.wrong]);
}

/** SHA-256 over a lesson's own code and some of its solutions. */
function hashOf(folder: string, solutions: readonly SolutionFile[]): string {
  const hash = createHash('sha256').update(lessonCode(folder));
  for (const file of solutions) hash.update(`\n${file.name}\n${file.source}`);
  return hash.digest('hex');
}

export function tasksChangedBy(parsed: ParsedLesson, lesson: Lesson, answersSource: string, overrideSource: string): Task[] {
  const answers = answerPieces(parsed, answersSource);
  const solved = answerPieces(parsed, answersSource, overrideSource);
  return lesson.tasks.filter(task => answers.get(task.name) !== solved.get(task.name));
}

function caughtByOf(source: string): {task: string; check: string} | undefined {
  const match = /export const caughtBy = \{\s*task: (['"])(?<task>.*?)\1,\s*check: (['"])(?<check>.*?)\3,?\s*\}/.exec(source);
  return match?.groups as {task: string; check: string} | undefined;
}
