import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {requireSpace} from './free-space.ts';
import {CannotSetUp} from './step.ts';

const folder = join(tmpdir(), 'not', 'made', 'yet');

it('lets a step begin that fits', () => {
  expect(() => requireSpace({what: 'a note', folder, megabytes: 0})).not.toThrow();
});

it('says what is needed, what is there and where', () => {
  const tooMuch = {what: 'the moon', folder, megabytes: 1e12};
  expect(() => requireSpace(tooMuch)).toThrow(CannotSetUp);
  expect(() => requireSpace(tooMuch)).toThrow(/^Expected 1000000000000 MB of disk space for the moon in .*yet, got \d+ MB\. Free some/);
});
