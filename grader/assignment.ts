import {existsSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {type Assignment, readAssignment} from './gradebook/assignment.ts';
import type {Gradebook} from './gradebook/gradebook.ts';
import {type AssignedTask, keptAssignment, type KeptAssignment} from './gradebook/grades.ts';
import {readRoster, type Student} from './gradebook/roster.ts';
import type {GradedLesson} from './lesson.ts';

/** An assignment's manifest and the class's roster, as they are read from their files. */
export interface AssignmentToKeep {
  readonly assignment: Assignment;
  readonly students?: readonly Student[];
}

/** The manifest that was named, else `assignment.yaml` in the folder of submissions, else nothing; with its roster. @throws Error that says what is wrong in them */
export async function findAssignment(from: string, named?: string): Promise<AssignmentToKeep | undefined> {
  const path = named ?? join(from, 'assignment.yaml');
  if (named === undefined && !existsSync(path)) return undefined;
  const assignment = await readAssignment(path);
  const {roster} = assignment;
  return roster ? {assignment, students: await readRoster(roster.file, roster.id)} : {assignment};
}

/**
 * Keeps how a lesson is graded here, so that grades are the same whoever asks for them later; a changed manifest is noted.
 * @throws Error where the gradebook counts another version of the lesson, or the manifest names a task that the lesson has not
 */
export async function keepAssignment(
  gradebook: Gradebook,
  lesson: GradedLesson,
  given: AssignmentToKeep | undefined,
): Promise<KeptAssignment> {
  const {slug} = lesson.lesson;
  const known = await gradebook.assignments();
  const earlier = known.find(row => row.lesson === slug);
  if (earlier && earlier.lesson_version !== lesson.version)
    throw new Error(
      `Expected version ${earlier.lesson_version} of the lesson ${slug}, which this gradebook counts, got version ${lesson.version}; ` +
        (earlier.lesson_version < lesson.version
          ? 'see what grades would become with `npx snapgrid regrade`, then count the new version with `npx snapgrid regrade --accept`'
          : 'grade with the newer lesson, or into another folder with --to'),
    );
  const tasks = assignedTasks(lesson);
  const unknown = given?.assignment.extraCredit.filter(name => !tasks.some(({task}) => task === name)) ?? [];
  if (unknown.length)
    throw new Error(
      `Expected extraCredit to name tasks of ${slug}, got ${unknown.join(', ')}; its tasks are ${tasks.map(({task}) => task).join(', ')}`,
    );
  const row = {
    lesson: slug,
    lesson_version: lesson.version,
    title: lesson.title,
    tasks: JSON.stringify(tasks),
    written: JSON.stringify(lesson.written),
    manifest: given ? JSON.stringify(given.assignment) : (earlier?.manifest ?? null),
    // A second lesson's files would replace the first one's.
    folder: earlier?.folder ?? (known.length ? `lessons/${slug}` : ''),
    roster: given ? (given.students ? JSON.stringify(given.students) : null) : (earlier?.roster ?? null),
  };
  if (!isDeepStrictEqual({...row}, {...earlier}))
    await gradebook.keepAssignment(
      row,
      row.manifest === (earlier?.manifest ?? null)
        ? undefined
        : {author: operator(), kind: 'manifest', value: given?.assignment, reason: 'the manifest that was given'},
    );
  return keptAssignment(row);
}

export function assignedTasks({lesson}: GradedLesson): AssignedTask[] {
  return lesson.tasks.map(({name, title, checks}) => ({task: name, title, max: checks.reduce((sum, {points}) => sum + points, 0)}));
}

/** Who decides, where nobody is named: this machine's user. */
export function operator(): string {
  return userInfo().username;
}
