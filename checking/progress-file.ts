import {readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TaskResult} from './types.ts';

/** The best that a task came to. */
export interface TaskProgress {
  readonly points: number;
  readonly max: number;
  readonly passed: boolean;
}

/** By lesson and task. */
export type CourseProgress = ReadonlyMap<string, ReadonlyMap<string, TaskProgress>>;

/** Stands beside the learner's notebooks and holds what their checks said, so that other notebooks and later days know it. Grades never come from it. */
export const progressFile = '.snapgrid-progress.json';

/** A course's worth is a few kilobytes; what is much larger is none of ours. */
const mostBytes = 2 ** 20;

/** What of the course is done, as far as notebooks in this folder checked it. Empty where the file is missing, unreadable or damaged. */
export function readProgress(folder: string): CourseProgress {
  try {
    const file = join(folder, progressFile);
    const {size} = statSync(file);
    const {lessons} = (size > mostBytes ? {} : JSON.parse(readFileSync(file, 'utf8'))) as {lessons?: unknown};
    return new Map(entriesOf(lessons).map(([slug, tasks]) => [slug, new Map(entriesOf(tasks).filter(isTaskEntry))]));
  } catch {
    return new Map();
  }
}

/** Keeps a task's result if it is better than what was kept. Where nothing can be written, nothing is: a check never fails for it. */
export function keepProgress(folder: string, slug: string, {task, points, max, verdict}: TaskResult): void {
  const known = readProgress(folder);
  const before = known.get(slug)?.get(task);
  if (before?.max === max && before.points >= points) return;
  const tasks = new Map(known.get(slug)).set(task, {points, max, passed: verdict === 'passed'});
  const lessons = new Map(known).set(slug, tasks);
  const plain = Object.fromEntries([...lessons].map(([name, each]) => [name, Object.fromEntries(each)]));
  const whole = join(folder, progressFile);
  const half = `${whole}.${process.pid}`;
  try {
    writeFileSync(half, `${JSON.stringify({lessons: plain}, null, 1)}\n`);
    renameSync(half, whole);
  } catch {
    // A folder that is read-only, a disk that is full: what this session checked is known to it anyway.
    discard(half);
  }
}

function discard(file: string): void {
  try {
    rmSync(file, {force: true});
  } catch {
    // It is where nothing can be removed either.
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isTaskEntry(entry: [string, unknown]): entry is [string, TaskProgress] {
  const {points, max, passed} = Object(entry[1]) as Record<string, unknown>;
  const counts = [points, max].every(count => typeof count === 'number' && Number.isFinite(count) && count >= 0);
  return counts && Number(points) <= Number(max) && typeof passed === 'boolean';
}
