import {Option} from 'commander';
import type {Gradebook} from '../grader/gradebook/gradebook.ts';
import type {KeptAssignment} from '../grader/gradebook/grades.ts';
import {optionWords} from './shell-words.ts';

const defaultResults = 'results';

/** Where the gradebook lies that a command is about. */
export function resultsOption(): Option {
  return new Option('--results <folder>', 'the folder of results').default(defaultResults);
}

/** What a command that is advised must be told so that it means the same grades. */
export function sameGrades({results, lesson}: {readonly results: string; readonly lesson?: string | undefined}): string {
  return optionWords({results: results === defaultResults ? undefined : results, lesson});
}

/** The assignments of a gradebook; one only where a lesson's number or folder, or the assignment's name is given. @throws Error that lists those there are */
export async function chooseAssignments(gradebook: Gradebook, wanted: string | undefined): Promise<KeptAssignment[]> {
  const {keptAssignment} = await import('../grader/gradebook/grades.ts');
  const all = (await gradebook.assignments()).map(keptAssignment);
  const matching = all.filter(
    ({slug, name}) => wanted === undefined || slug === wanted || name === wanted || slug.split('-')[0] === wanted.padStart(2, '0'),
  );
  if (!matching.length)
    throw new Error(
      all.length
        ? `Expected a lesson of this gradebook, got ${JSON.stringify(wanted)}; there are ${all.map(({slug}) => slug).join(', ')}`
        : 'Expected a gradebook with grades in it, got an empty one; grade a folder of submissions first',
    );
  return matching;
}

/** @throws Error where there are several to choose from */
export async function chooseAssignment(gradebook: Gradebook, wanted: string | undefined): Promise<KeptAssignment> {
  const [first, ...others] = await chooseAssignments(gradebook, wanted);
  if (others.length)
    throw new Error(
      `Expected the name of one lesson, got none; say it: --lesson <lesson> (there are ${[first!, ...others].map(({slug}) => slug).join(', ')})`,
    );
  return first!;
}
