import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {SubmissionResult} from '../results.ts';
import {attacks} from './attacks/index.ts';
import {leader} from './attacks/process.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

describe.skipIf(missing)('a submission that attacks', () => {
  let all: TestClass;
  let results: Map<string, SubmissionResult>;
  const neighbour = 'an honest neighbour';

  beforeAll(async () => {
    const alone = await TestClass.make({[neighbour]: smallSolved});
    all = await TestClass.make({...Object.fromEntries(attacks.map(({name, notebook}) => [name, notebook])), [neighbour]: smallSolved});
    results = byLearner((await all.grade()).results);
    results.set('alone', byLearner((await alone.grade()).results).get(neighbour)!);
    await alone.remove();
  }, 600_000);

  afterAll(() => all.remove());

  it.each(attacks)('with $name gets $line', ({name, line}) => {
    expect(scoreLine(results.get(name)!)).toBe(line);
  });

  it.each(attacks.filter(({notebook}) => JSON.stringify(notebook).includes('LOOT ')))('with $name finds nothing', ({name}) => {
    const printed = results.get(name)!.cells.map(({output}) => output);
    expect(printed.join('')).toContain('LOOT []');
  });

  it('leaves the result of its neighbour as it is without it', () => {
    const {started: _, seconds: __, ...beside} = results.get(neighbour)!;
    expect(results.get('alone')).toMatchObject(beside);
    expect(scoreLine(results.get(neighbour)!)).toMatch(/^5 /);
  });

  it('shows nothing that it printed after the first hidden input', () => {
    expect(all.file('output after the answer/result.json')).not.toContain('AFTER Tensor');
  });

  it('leaves no process behind', () => {
    expect(results.get('a session of its own whose leader stays')!.cells.at(-1)!.output).toContain('STARTED');
    const commands = readdirSync('/proc').flatMap(pid => {
      try {
        return /^\d+$/.test(pid) ? [readFileSync(join('/proc', pid, 'cmdline'), 'utf8')] : [];
      } catch {
        return []; // it has ended
      }
    });
    expect(commands.filter(command => command.includes(leader))).toEqual([]);
  });
});
