import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Event} from '../wire/messages.ts';
import {stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const imports =
  "import {button, checkbox, number, select, slider, text, view} from 'snapgrid/widgets'; import * as w from 'snapgrid/widgets';";
const shown = (session: TestSession): Event[] => session.events.filter(event => event.type === 'comm' || event.type === 'display');

describe('without a front end, as in grading', () => {
  it('inputs have their first values, and views call and show nothing', async () => {
    const session = new TestSession();
    await session.run(imports);
    expect(await session.text("const n = slider({min: 0, max: 9, value: 4}); view(n, () => console.log('called')); n.value")).toBe('4');
    expect(await session.text('n.value = 5; n')).toBe('n = 5');
    expect(shown(session)).toEqual([]);
    expect(session.printed()).toBe('');
  });
});

describe('an input', () => {
  let session: TestSession;
  beforeAll(async () => {
    session = new TestSession({comms: true});
    await session.run(imports);
  });

  it.each([
    ['const plain = slider({min: 0, max: 1}); plain.label', 'plain'],
    ['let typed: w.Input<number> = w.slider({min: 0, max: 1}); typed.label', 'typed'],
    ['const first = checkbox(), second =\n  text(); second.label', 'second'],
    ["var old = select({options: ['a']}); old.label", 'old'],
    ["const said = number({label: 'said otherwise'}); said.label", 'said otherwise'],
    ['[checkbox()][0]!.label', 'checkbox'],
    ['const inner = (() => { const deep = number(); return deep })(); inner.label', 'deep'],
  ])('in %j is called %j', async (code, label) => {
    expect(await session.text(code)).toBe(`'${label}'`);
  });

  it('takes only steps of its range, without the noise of fractions', async () => {
    const code = 'const s = slider({min: 0, max: 1, step: 0.1}); [0.30000004, 0.66, 1, 0].map(v => { s.value = v; return s.value })';
    expect(await session.text(code)).toBe('[ 0.3, 0.7, 1, 0 ]');
    expect(await session.text('const t = slider({min: 1, max: 10, step: 4}); t.value = 10; t.value')).toBe('9');
    expect(await session.text('s.value = 1.01')).toContain('RangeError: Expected s to be a number from 0 to 1, got 1.01');
    expect(await session.text("s.value = '1' as any")).toContain('RangeError');
  });

  it('that is no possible one is refused with what is expected', async () => {
    expect(await session.text('slider({min: 3, max: 3})')).toContain("Expected a slider's min to be less than its max, got 3 and 3");
    expect(await session.text('slider({min: 0, max: 3, step: 0})')).toContain("Expected a slider's step to be between 0 and 3, got 0");
    expect(await session.text('slider({min: 0, max: 3, value: 4})')).toContain('Expected value to be a number from 0 to 3, got 4');
    expect(await session.text("select({options: ['a', 'b'], value: 'c' as any})")).toContain("Expected value to be one of a, b, got 'c'");
  });

  it('takes what options stand for, by name', async () => {
    expect(await session.text('const o = select({options: {four: 4, eight: 8}, value: 8}); o.value = 4; o')).toBe('o = four');
  });
});

it('a view of an SVG keeps one that stands alone', async () => {
  const session = new TestSession({comms: true});
  await session.run(`${imports} import {svg} from 'snapgrid/display';`);
  await session.run('view(checkbox(), () => svg(`<svg style="color:red;background: blue" viewBox="0 0 1 1"><text>a&nbsp;b</text></svg>`))');
  const [, picture] = session.events.filter(event => event.type === 'display');
  expect(picture?.bundle['image/svg+xml']).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" style="color:red;background:#fff;color:#222" viewBox="0 0 1 1"><text>a&#160;b</text></svg>',
  );
});
