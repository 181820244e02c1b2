import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {SubmissionResult} from '../results.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {lies} from './lies.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

describe.skipIf(missing)('a submission that lies', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;

  beforeAll(async () => {
    all = await TestClass.make({...Object.fromEntries(lies.map(({name, notebook}) => [name, notebook])), 'zz honest': smallSolved});
    results = byLearner((await all.grade()).results);
  }, 300_000);

  afterAll(() => all.remove());

  it.each(lies)('with $name gets $line', ({name, line}) => {
    expect(scoreLine(results.get(name)!)).toBe(line);
  });

  it('takes nothing from an honest one', () => {
    expect(scoreLine(results.get('zz honest')!)).toMatch(/^5 /);
  });

  it('shows nothing that it printed after the first hidden input', () => {
    expect(all.file('output after the answer/result.json')).not.toContain('AFTER Tensor');
  });
});
