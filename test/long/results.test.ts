import {expect, it} from 'vitest';
import {hashSources, longSteps, readResults} from './steps.ts';

// The result is committed: whoever changes the sources runs `npm run test:long` once before handing them on.
it('the long tests passed on the sources as they are', () => {
  const sources = hashSources();
  const clean = readResults().filter(
    result => result.sources === sources && result.failed === 0 && result.skipped === 0 && result.passed > 0,
  );
  expect(clean.map(result => result.step).sort(), 'run `npm run test:long` and commit test/long/results.json').toEqual(
    longSteps.map(step => step.name).sort(),
  );
});
