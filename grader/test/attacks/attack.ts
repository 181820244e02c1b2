import type {Notebook} from '../../../exercises/build/index.ts';
import {cell} from '../../demo/hostile.ts';
import {code, smallSolved} from '../small-lesson.ts';

/** A submission that tries to get what it has not earned, and what it must get: points and a verdict per task. */
export interface Attack {
  readonly name: string;
  readonly notebook: Notebook;
  readonly line: string;
}

export const right = '5 chooseScale:passed quantizeInt8:passed';
export const bothWrong = '0 chooseScale:failed quantizeInt8:failed';
export const oneLost = (verdict: string): string => `3 chooseScale:${verdict} quantizeInt8:passed`;

/** Right but for this cell, which answers the first task. */
export const scale = (source: string): Notebook => cell(smallSolved, 'chooseScale', source);
/** Right but for this cell, which answers the second task. */
export const codes = (source: string): Notebook => cell(smallSolved, 'quantizeInt8', source);
/** Both answers wrong. */
export const wrong = cell(
  scale('function chooseScale(x) { return 0; }'),
  'quantizeInt8',
  'function quantizeInt8(x) { return x.mul(0).toInt(); }',
);

/** With one more cell, after the first. */
export const first = (source: string, notebook = smallSolved): Notebook => ({
  ...notebook,
  cells: [notebook.cells[0]!, code('added', {}, source), ...notebook.cells.slice(1)],
});
/** With one more cell, at the end. */
export const last = (source: string, notebook = smallSolved): Notebook => ({
  ...notebook,
  cells: [...notebook.cells, code('added', {}, source)],
});

export const fs = "const fs = process.getBuiltinModule('node:fs');";

/** Prints what an attack found; the tests hold it against `LOOT []`. */
export const loot = (expression: string): string => `console.log('LOOT ' + JSON.stringify(${expression}));`;
