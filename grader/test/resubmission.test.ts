import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Notebook} from '../../exercises/build/index.ts';
import {cell} from '../demo/hostile.ts';
import {missingSandbox, scoreLine, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

const answers = (scale: string, codes: string): Notebook => cell(cell(smallSolved, 'chooseScale', scale), 'quantizeInt8', codes);

/** What each call was given, once printed and once thrown. */
const prints = (name: string): string => `
function ${name}(x, scale) {
  const seen = 'SEEN ' + JSON.stringify({name: '${name}', x: [...x.dataSync()], scale: scale ?? null}) + ' END';
  console.log(seen);
  throw new Error(seen);
}`;

interface Seen {
  readonly name: string;
  readonly x: readonly number[];
  readonly scale: number | null;
}

describe.skipIf(missing)('a submission that prints and throws its hidden inputs', () => {
  let all: TestClass;
  let seen: Seen[];

  beforeAll(async () => {
    all = await TestClass.make({ada: answers(prints('chooseScale'), prints('quantizeInt8'))});
    await all.grade();
    // The instructor's log: more than any learner is shown.
    const log = all.file('instructor/ada.log');
    seen = [...log.matchAll(/SEEN (\{.*?\}) END/g)].map(([, json]) => JSON.parse(json!) as Seen);
  }, 60_000);

  afterAll(() => all.remove());

  it('shows its learner no number of them', () => {
    const calls = new Set(seen.map(({name, x}) => `${name} ${x.length}`));
    expect(calls).toEqual(new Set(['chooseScale 3', 'chooseScale 1000', 'quantizeInt8 16', 'quantizeInt8 1000']));
    const shown = all.file('ada/result.json') + all.file('ada/feedback.html') + all.file('grades.csv') + all.file('class.html');
    for (const {x} of seen) for (const value of x.slice(0, 20)) expect(shown).not.toContain(String(value).slice(0, 8));
  });

  it('gets 0 when it is handed in again with the right answers to them as constants', async () => {
    const table = Object.fromEntries(
      seen.map(({name, x, scale}) => {
        const codes = x.map(value => Math.min(127, Math.max(-127, Math.round(value / (scale ?? 1)))));
        return [`${name} ${x.slice(0, 3).join()}`, scale === null ? Math.max(...x.map(Math.abs)) / 127 : codes];
      }),
    );
    const known = (name: string): string => `known['${name} ' + [...x.dataSync().slice(0, 3)].join()]`;
    const scale = `const known = ${JSON.stringify(table)};\nfunction chooseScale(x) { return ${known('chooseScale')} ?? 0; }`;
    const codes = `function quantizeInt8(x) { return tf.tensor1d(${known('quantizeInt8')} ?? Array(x.size).fill(9), 'int32'); }`;
    const again = await TestClass.make({ada: answers(scale, codes)});
    const [result] = (await again.grade()).results;
    await again.remove();
    expect(scoreLine(result!)).toBe('0 chooseScale:failed quantizeInt8:failed');
  }, 60_000);
});
