import {Option} from 'commander';
import {join} from 'node:path';
import type {Course} from '../exercises/build/index.ts';
import {quote} from './shell-words.ts';

/** Which course a command works on: an instructor's own folder with exercises/ and solutions/, snapgrid's own where none is named. */
export function courseOption(): Option {
  return new Option('--course <folder>', "an instructor's own course: a folder with exercises/, solutions/ and notebooks/");
}

/** The lessons that a command is about. Nothing proved is no proof: @throws Error where the course has none, or not the one that is wanted */
export function someLessons(course: Course, wanted: string | undefined): string[] {
  const found = course.find(wanted);
  if (found.length) return found;
  throw new Error(
    `Expected lessons in ${join(course.root, 'exercises')}, found none; make one: npx snapgrid new 01-my-lesson --course ${quote(course.root)}`,
  );
}
