import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {SubmissionResult} from '../results.ts';
import type {Notebook} from '../../exercises/build/index.ts';
import type {Attack} from './attacks/attack.ts';
import {attacks} from './attacks/index.ts';
import {leader} from './attacks/process.ts';
import {byLearner, missingSandbox, scoreLine, TestClass} from './class.ts';
import {gradedSmallLesson, smallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const inTime = ({line}: Attack): boolean => line.includes(':timeout');

describe.skipIf(missing)('a submission that attacks', () => {
  const classes: TestClass[] = [];
  let results: Map<string, SubmissionResult>;
  let alone: Map<string, SubmissionResult>;
  const neighbours = ['an honest neighbour', 'a patient neighbour'] as const;
  const patient = {...smallLesson, tasks: smallLesson.tasks.map(task => ({...task, timeoutMs: 60_000}))};

  beforeAll(async () => {
    const grade = async (notebooks: Readonly<Record<string, Notebook>>, lesson = smallLesson): Promise<SubmissionResult[]> => {
      const made = await TestClass.make(notebooks);
      classes.push(made);
      return (await made.grade({lesson: {...gradedSmallLesson, lesson}})).results;
    };
    // What is to be caught by anything but the clock gets time for that, however busy this machine is; none of them waits for it.
    const [hasty, others] = [attacks.filter(inTime), attacks.filter(attack => !inTime(attack))].map(those =>
      Object.fromEntries(those.map(({name, notebook}) => [name, notebook])),
    );
    results = byLearner([
      ...(await grade({...hasty, [neighbours[0]]: smallSolved})),
      ...(await grade({...others, [neighbours[1]]: smallSolved}, patient)),
    ]);
    alone = byLearner(await grade(Object.fromEntries(neighbours.map(name => [name, smallSolved]))));
  }, 600_000);

  afterAll(() => Promise.all(classes.map(made => made.remove())));

  const file = (path: string): string => readFileSync(classes.map(({results: folder}) => join(folder, path)).find(existsSync)!, 'utf8');

  it.each(attacks)('with $name gets $line', ({name, line}) => {
    expect(scoreLine(results.get(name)!)).toBe(line);
  });

  it.each(attacks.filter(({notebook}) => JSON.stringify(notebook).includes('LOOT ')))('with $name finds nothing', ({name}) => {
    const printed = results.get(name)!.cells.map(({output}) => output);
    expect(printed.join('')).toContain('LOOT []');
  });

  it.each(neighbours)('leaves the result of %s as it is without it', name => {
    const {started: _, seconds: __, ...beside} = results.get(name)!;
    expect(alone.get(name)).toMatchObject(beside);
    expect(scoreLine(results.get(name)!)).toMatch(/^5 /);
  });

  it('puts no markup on its page, and nothing that moves what stands there', () => {
    const name = 'signs that would make markup of a page and move what stands on it';
    const page = file(`${name}/feedback.html`);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<(script|img|style>\*|svg onload)/);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(page).not.toMatch(/[\u0000\u001b\u202a-\u202e\u2066-\u2069]/);
  });

  it('shows nothing that it printed after the first hidden input', () => {
    expect(file('output after the answer/result.json')).not.toContain('AFTER Tensor');
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
