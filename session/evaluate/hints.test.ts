import {describe, expect, test} from 'vitest';
import {compile} from './compile.ts';
import {CellSyntaxError} from './errors.ts';
import {hintForError} from './hints.ts';

/** The last line of what a cell that is no TypeScript is answered with. */
function lastLine(code: string): string {
  try {
    compile(code, 'cell.ts', 'In [1]', '/');
  } catch (error) {
    if (error instanceof CellSyntaxError) return error.thrown.traceback.at(-1)!;
    throw error;
  }
  return 'it is TypeScript';
}

describe('a line of Python is answered with its TypeScript', () => {
  test.each([
    ['import numpy as np', "import * as name from 'package'"],
    ['let x = 1\nfrom math import sqrt', "import {name} from 'package'"],
    ['def f(x): return x', 'function name'],
    ['for i in range(3): console.log(i)', 'for (const x of list)'],
    ['elif x: pass', 'braces'],
    ['y = [i for i in x]', 'list.map'],
    ['f = lambda x: x', 'x => …'],
    ["print 'x'", 'console.log'],
    ['# a comment', '//'],
    ['%matplotlib inline', 'magic of IPython'],
    ['a == 1 and b', '&&'],
    ["f'{x}'", 'backticks'],
  ])('%s', (code, hint) => expect(lastLine(code)).toContain(hint));

  test('only where the parser stopped: what only looks like it, in a text or in a line that is right, is left alone', () => {
    for (const code of ["const s = 'this and that' +", "// print 'x'\nconst = 3", "`\n# head\n`; const = 'not this'", 'const m = 5 % ;'])
      expect(lastLine(code)).not.toMatch(/Python|Comments|magic/);
  });
});

test('an unknown name from Python or the browser is answered with what to write; any other is not guessed at', () => {
  expect(hintForError('ReferenceError', 'print is not defined')).toContain('console.log');
  expect(hintForError('ReferenceError', 'tf is not defined')).toContain("from '@tensorflow/tfjs-node-gpu'");
  expect(hintForError('ReferenceError', 'constructor is not defined')).toBeUndefined();
  expect(hintForError('Error', 'print is not defined')).toBeUndefined();
});
