import {expect, it} from 'vitest';
import {KnownLists} from './known-lists.ts';
import {CellModules} from './cell-modules.ts';
import {spotAt} from './spot.ts';

const spot = (marked: string): unknown => spotAt(marked.replace('|', ''), marked.indexOf('|'));

it('a name that is read at the top of a cell can be any that earlier cells declared', () => {
  for (const cell of ['al|', 'const x = al|', 'x = al|\n', 'f(1, al|)', 'const s = `${al|}`', 'await al|', '[1, ...al|]', 'b + al|; c'])
    expect([cell, spot(cell)]).toEqual([cell, {kind: 'name', word: 'al'}]);
});

it('a name is left to the server where the cell has a part in it, or where it is no value', () => {
  const own = [
    'let alpha = 1; al|',
    'function f(alpha) { al| }',
    'for (const alpha of b) al|',
    '{ al| }',
    '() => al|',
    'import {alpha} from "a"; al|',
  ];
  const types = ['let x: al|', 'type T = al|', 'x as al|', 'f<al|>(1)'];
  const others = [
    '"al|"',
    '// al|',
    'let al|',
    '({al|})',
    'f(al|',
    'b = {al|: 1}',
    'al|pha',
    'class A extends al| {}',
    'new al|',
    '|',
    'x = |',
    '1al|',
  ];
  for (const cell of [...own, ...types, ...others]) expect([cell, spot(cell)]).toEqual([cell, undefined]);
});

it('a member is that of a variable which the cell mentions nowhere else', () => {
  for (const cell of ['box.fi|', 'const x = box.fi|', 'function f() { return box.fi| }', 'g(box.fi|)'])
    expect([cell, spot(cell)]).toEqual([cell, {kind: 'member', of: 'box', word: 'fi'}]);
  const others = [
    'if (box.kind === "a") box.fi|',
    'let box = 1; box.fi|',
    '(box) => box.fi|',
    'box?.fi|',
    'box.a.fi|',
    'f().fi|',
    'box[fi|]',
    'box.|',
  ];
  for (const cell of others) expect([cell, spot(cell)]).not.toMatchObject([cell, {kind: 'member'}]);
});

it('a list of names holds for words whose earlier names it has, and without those of its own cell', () => {
  const modules = new CellModules();
  modules.add({name: 'In [1]', code: 'let alpha = 1, beta = 2'});
  const module = modules.written('const alone = al', 16);
  const item = (label: string): {label: string} => ({label});
  const lists = new KnownLists<undefined>();
  const list = {isIncomplete: false, items: ['alpha', 'alone', 'Array'].map(item)};
  lists.keep({kind: 'name', word: 'al'}, {asked: undefined, list, resolved: new Map()}, module);
  const found = (word: string): unknown => lists.find({kind: 'name', word}, modules.names)?.list?.items.map(({label}) => label);
  expect(found('alp')).toEqual(['alpha', 'Array']);
  expect(found('Arr')).toEqual(['alpha', 'Array']);
  expect(found('be')).toBe(undefined);
  lists.clear();
  expect(found('alp')).toBe(undefined);
});
