import {beforeAll, describe, expect, it} from 'vitest';
import {loadBackend} from '../../backend/index.ts';
import {LocalLearner} from '../../checking/local-learner.ts';
import {runTask} from '../../checking/run.ts';
import type {Learner} from '../../checking/types.ts';
import {ownCourse} from '../../exercises/build/index.ts';
import {loadMaterial, type Material, rightCandidates, wrongCandidates} from '../../exercises/build/material.ts';
import {isTensorData, isTypedArray, type Plain} from '../../session/wire/plain.ts';
import {hiddenSeed} from '../judge/judge.ts';

/** Lessons whose checks train nothing: every answer is measured often in little time. */
const slugs = ownCourse.slugs().filter(slug => /^0[3-6]/.test(slug));
const runs = 6;
/** As check() in a notebook draws its inputs, and as the judge does for six learners. */
const seeds = {
  public: (slug: string) => Array.from({length: runs}, (_, run) => `public/${slug}/${run + 1}`),
  hidden: (slug: string) => Array.from({length: runs}, (_, i) => hiddenSeed('5e'.repeat(32), `learner${i}`, slug, 1, 'c0ffee')),
};

/** What a value is, whatever its numbers are: dtypes, the number of dimensions, fields. */
function kindOf(value: Plain): string {
  if (isTensorData(value)) return `${value.dtype} tensor of ${value.shape.length} dimensions`;
  if (isTypedArray(value)) return value.constructor.name;
  if (Array.isArray(value)) return `[${[...new Set((value as Plain[]).map(kindOf))].sort().join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, field]) => `${name}: ${kindOf(field as Plain)}`)
      .join(', ')}}`;
  return value === null ? 'null' : typeof value;
}

/** A learner that notes what it is given. */
function noting(learner: Learner, note: (name: string, args: readonly Plain[]) => void): Learner {
  return {
    call: (name, ...args) => (note(name, args), learner.call(name, ...args)),
    inputsAfter: (name, ...args) => (note(name, args), learner.inputsAfter(name, ...args)),
    inputsAfterRelease: (name, ...args) => (note(name, args), learner.inputsAfterRelease(name, ...args)),
    construct: (name, ...args) => (note(name, args), learner.construct(name, ...args)),
    gradient: (name, args, wrt, dy) => (note(name, args), learner.gradient(name, args, wrt, dy)),
  };
}

describe.each(slugs)('check() in the notebook of %s and the hidden run', slug => {
  let material: Material;
  beforeAll(async () => {
    material = await loadMaterial(ownCourse, slug, (await loadBackend('cpu')).tf);
  }, 60_000);

  it('give an answer inputs of the same kinds, and never the same numbers', async () => {
    const [solution] = rightCandidates(material);
    const seen = async (all: readonly string[]): Promise<{kinds: string[]; numbers: Set<string>}> => {
      const kinds = new Set<string>();
      const numbers = new Set<string>();
      for (const seed of all)
        for (const task of material.lesson.tasks)
          await runTask(
            task,
            noting(new LocalLearner(solution!.scope), (name, args) => {
              kinds.add(`${task.name}: ${name}(${args.map(kindOf).join(', ')})`);
              for (const value of args) if (isTensorData(value) && value.data.length > 8) numbers.add(value.data.slice(0, 8).join());
            }),
            seed,
          );
      return {kinds: [...kinds].sort(), numbers};
    };
    const [shown, hidden] = [await seen(seeds.public(slug)), await seen(seeds.hidden(slug))];
    expect(hidden.kinds).toEqual(shown.kinds);
    expect(shown.kinds.length).toBeGreaterThan(0);
    const drawn = [...shown.numbers].filter(numbers => new Set(numbers.split(',')).size > 4);
    expect(drawn.filter(numbers => hidden.numbers.has(numbers))).toEqual([]);
  }, 60_000);

  it('are as hard: every right answer passes both, every wrong one is caught by both, by the check that it is known for', async () => {
    for (const all of [seeds.public(slug), seeds.hidden(slug)])
      for (const seed of all.slice(0, 1)) {
        for (const {name, tasks, scope} of rightCandidates(material))
          for (const task of tasks) expect([name, (await runTask(task, new LocalLearner(scope), seed)).verdict]).toEqual([name, 'passed']);
        for (const {name, tasks, scope, caughtBy} of wrongCandidates(material)) {
          const {checks} = await runTask(tasks[0]!, new LocalLearner(scope), seed);
          expect([name, checks.find(check => check.name === caughtBy.check)!.verdict]).toEqual([name, 'failed']);
        }
      }
  }, 120_000);
});
