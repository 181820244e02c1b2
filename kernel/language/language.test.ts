import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {CellModules} from './cell-modules.ts';
import {codePointsOf, unitsOf} from './code-points.ts';
import {completionReply, fittingItems} from './completion.ts';
import {cellNames} from './declarations.ts';
import {complaintsOf} from './diagnostics.ts';
import {isComplete} from './is-complete.ts';
import {TypecheckSetting} from './typecheck-mode.ts';

describe('the names of a cell', () => {
  it('are what stands at its top level, by how later cells may use them', () => {
    const {declared} = cellNames(`
      import tf, {type Tensor, tensor as make} from 'x'; import type {A} from 'y'; import * as all from 'z';
      let a = 1, {b, c: [d, ...e]} = f(); const g = 2; var h;
      function i() { const inner = 1 } class J {} interface K {} type L = 1; enum M {} namespace N {} export const o = 1;
      { let hidden = 1 }`);
    expect(Object.fromEntries(declared)).toEqual({
      tf: 'import',
      Tensor: 'type',
      make: 'import',
      A: 'type',
      all: 'import',
      a: 'let',
      b: 'let',
      d: 'let',
      e: 'let',
      g: 'const',
      h: 'let',
      i: 'import',
      J: 'import',
      K: 'type',
      L: 'type',
      M: 'import',
      N: 'import',
      o: 'const',
    });
  });

  it('are none where it does not parse', () => {
    expect(cellNames('const a = ').declared.size).toBe(0);
  });
});

describe('a notebook as modules', () => {
  it('declares only the earlier names that a cell mentions and does not declare itself', () => {
    const modules = new CellModules();
    modules.add({name: 'In [1]', code: 'let a = 1; const b = 2; interface C {}'});
    const {text, headerLines} = modules.checked('const b = a; const c: C = {}');
    expect(text).toBe(
      "declare let a: typeof import('./snapgrid-cell-1.ts').a;\nimport type {C} from './snapgrid-cell-1.ts';\nconst b = a; const c: C = {}\n;export {b, c};\n",
    );
    expect(headerLines).toBe(2);
  });

  it('opens an earlier cell when it is first needed and closes it when its last name is declared again', () => {
    const modules = new CellModules();
    modules.add({name: 'In [1]', code: 'let a = 1'});
    const use = modules.checked('a');
    expect(modules.changesFor(use).open.map(({file}) => file)).toEqual(['snapgrid-cell-1.ts']);
    expect(modules.changesFor(use).open).toEqual([]);
    modules.forget(use);
    modules.add({name: 'In [1]', code: 'let a = 2'});
    expect(modules.changesFor(modules.checked('a'))).toMatchObject({open: [{file: 'snapgrid-cell-2.ts'}], close: ['snapgrid-cell-1.ts']});
  });

  it('keeps a cell open that another one is still to be checked against', () => {
    const modules = new CellModules();
    modules.add({name: 'In [1]', code: 'let a = 1'});
    const use = modules.checked('a');
    modules.add({name: 'In [2]', code: 'let a = "two"'});
    expect(modules.changesFor(use)).toMatchObject({open: [{file: 'snapgrid-cell-1.ts'}], close: []});
    modules.forget(use);
    expect(modules.changesFor(modules.checked('a')).close).toEqual(['snapgrid-cell-1.ts']);
  });

  it('are got ready once for whoever goes on with what the newest cells declared', () => {
    const modules = new CellModules();
    expect(modules.latest()).toBe(undefined);
    modules.add({name: 'In [1]', code: 'let a = 1; const b = 2'});
    modules.add({name: 'In [2]', code: 'let c = a'});
    modules.add({name: 'In [3]', code: 'type Shape = string'});
    const {module, members} = modules.latest()!;
    expect(module.refersTo).toEqual(new Set(['snapgrid-cell-1.ts', 'snapgrid-cell-2.ts', 'snapgrid-cell-3.ts']));
    expect(members.map(({name}) => name)).toEqual(['c', 'b', 'a']);
    const lines = module.text.split('\n');
    expect(members.map(({position: {line, character}}) => lines[line]!.slice(0, character))).toEqual(['c.', 'b.', 'a.']);
    expect(modules.latest()).toBe(undefined);
  });

  it('keeps a cell whose types another one still leads to', () => {
    const modules = new CellModules();
    modules.add({name: 'In [1]', code: 'let a = {x: 1}'});
    modules.add({name: 'In [1]', code: 'let b = a'});
    modules.add({name: 'In [1]', code: 'let a = 1'});
    const {open} = modules.changesFor(modules.checked('b'));
    expect(open.map(({file}) => file)).toEqual(['snapgrid-cell-1.ts', 'snapgrid-cell-2.ts']);
  });
});

it('code points and UTF-16 units are turned into each other', () => {
  expect(unitsOf('𝑥𝑦z', 2)).toBe(4);
  expect(codePointsOf('𝑥𝑦z', 4)).toBe(2);
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), text => {
      const points = [...text].length;
      expect(unitsOf(text, points)).toBe(text.length);
      expect(codePointsOf(text, text.length)).toBe(points);
    }),
  );
});

it('a completion keeps what fits the typed word, leaves out what replaces something else', () => {
  const edit = {newText: '["b c"]', range: {start: {line: 0, character: 1}, end: {line: 0, character: 3}}};
  const items = [{label: 'beta', kind: 5 as const}, {label: 'Bee'}, {label: 'other'}, {label: 'b c', textEdit: edit}];
  const reply = completionReply(fittingItems({code: 'a.b', cursor: 3, list: {isIncomplete: false, items}, headerLines: 0}));
  expect(reply).toMatchObject({matches: ['beta', 'Bee'], cursor_start: 2, cursor_end: 3});
});

it('complaints are errors of the cell itself, with its own line numbers', () => {
  const at = (line: number) => ({start: {line, character: 4}, end: {line, character: 5}});
  const items = [
    {range: at(0), severity: 1 as const, code: 1, message: 'in the header'},
    {range: at(2), severity: 1 as const, code: 2322, message: 'wrong'},
    {range: at(2), severity: 4 as const, code: 6133, message: 'a hint'},
    {range: at(9), severity: 1 as const, code: 2, message: 'in the footer'},
  ];
  expect(complaintsOf({name: 'In [3]', code: 'one\nlet two', headerLines: 1, report: {items}})).toBe(
    'Type warning, In [3], line 2: wrong (TS2322)\n    let two\n        ^\n',
  );
});

it('complaints about a cell that does not parse are left to its own error', () => {
  const range = {start: {line: 0, character: 0}, end: {line: 0, character: 1}};
  const items = [
    {range, severity: 1 as const, code: 1005, message: "'>' expected."},
    {range, severity: 1 as const, code: 2304, message: "Cannot find name 'b'."},
  ];
  expect(complaintsOf({name: 'In [1]', code: '<b>x</b>', headerLines: 0, report: {items}})).toBe('');
});

it.each([
  ['1', 'complete'],
  ['', 'complete'],
  ['await f()', 'complete'],
  ['// comment', 'complete'],
  ['f(', 'incomplete'],
  ['`a', 'incomplete'],
  ['/* a', 'incomplete'],
  ['class A {\n  x = 1\n', 'incomplete'],
  ['1 +', 'incomplete'],
  ['1 +* 2', 'invalid'],
  ['}', 'invalid'],
  ['"a', 'invalid'],
  ['const const', 'invalid'],
])('%j is %s', async (code, status) => {
  expect(await isComplete(code)).toMatchObject({status});
});

it('the next line of an open block is indented', async () => {
  expect(await isComplete('function f() {')).toEqual({status: 'incomplete', indent: '  '});
  expect(await isComplete('if (a) {\n  f(1,')).toEqual({status: 'incomplete', indent: '    '});
});

describe('the typecheck setting', () => {
  const modeOf = (code: string, environment?: string) => new TypecheckSetting(environment).of(code).mode;

  it("of a cell's first line comes before the notebook's and the environment's", () => {
    expect(modeOf('1')).toBe('warn');
    expect(modeOf('1', 'error')).toBe('error');
    expect(modeOf('\n // typecheck: off\r\n1', 'error')).toBe('off');
    expect(modeOf('// @typecheck off\n1')).toBe('off');
    expect(modeOf('// @ts-nocheck because\n1')).toBe('off');
    expect(modeOf('1\n// typecheck: off')).toBe('warn');
  });

  it('for the notebook holds for later cells, until it is set again', () => {
    const setting = new TypecheckSetting(undefined);
    expect(setting.of('// notebook typecheck: error\n1').mode).toBe('error');
    expect(setting.of('1').mode).toBe('error');
    expect(setting.of('// typecheck: off\n1').mode).toBe('off');
    expect(setting.of('1').mode).toBe('error');
  });

  it('that does not exist is said, and nothing is changed', () => {
    expect(new TypecheckSetting(undefined).of('// typecheck: strict\n1')).toEqual({
      mode: 'warn',
      fault: 'Expected "// typecheck: off", "warn" or "error", got "strict"\n',
    });
  });
});

describe('a namespace', () => {
  it('that adds to an earlier function stands beside it in its module', () => {
    const modules = new CellModules();
    modules.add({name: 'In [1]', code: 'function f() { return helper }\nconst helper = 1'});
    const {text, headerLines} = modules.checked('namespace f { export const x = 1 }\nf()');
    expect(text).toContain('function f() { return helper }\ndeclare const helper: typeof import(');
    expect(headerLines).toBe(2);
  });
});

it('declare global holds in later cells, and is no name', () => {
  const modules = new CellModules();
  const code = 'declare global { interface Array<T> { last(): T } }';
  expect(cellNames(code)).toMatchObject({isGlobal: true, declared: new Map()});
  modules.add({name: 'In [1]', code});
  expect(modules.changesFor(modules.checked('[1].last()')).open.map(({file}) => file)).toEqual(['snapgrid-cell-1.ts']);
});
