import {describe, expect, it} from 'vitest';
import {isComplete} from './is-complete.ts';

describe('unfinished code', () => {
  it.each([
    ['function f() {', '  '],
    ['if (a) {\n  for (;;) {', '    '],
    ['if (a) {\n  b();', '  '],
    ['const o = {\n    a: [', '      '],
    ['f(1,\n  g({', '    '],
    ['f(1, {a: 2},', '  '],
    ['\tif (a) {', '\t  '],
    ['const f = (x: number) =>', '  '],
    ['1 +', ''],
    ['  1 +', '  '],
    ['const t = `a\n  b', ''],
    ['const t = `a ${f(', '  '],
    ['{ // } )', '  '],
    ['{ /* } */ "}" + \'}\'', '  '],
    ['{ /[}]/.test(a) && b / c', '  '],
    ['{ `}${`{`}`', '  '],
    ['{\n  /* open', ''],
    ['[1, 2].map(n => {\n  return n / 2;', '  '],
  ])('%j is continued with an indent of %j', async (code, indent) => {
    expect(await isComplete(code)).toEqual({status: 'incomplete', indent});
  });

  it('is told from what is complete and from what is wrong', async () => {
    const verdicts = await Promise.all(['', '1', '{ }', 'f(`${1}`)', '/* c */', ')', 'const const', 'let 1x'].map(isComplete));
    expect(verdicts.map(({status}) => status)).toEqual([...Array(5).fill('complete'), ...Array(3).fill('invalid')]);
  });
});
