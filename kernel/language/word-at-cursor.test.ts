import {expect, it} from 'vitest';
import {WordAtCursor} from './word-at-cursor.ts';

const list = {isIncomplete: false, items: []};
const at = (marked: string): [code: string, cursor: number] => [marked.replace('|', ''), marked.indexOf('|')];
const narrowed = (first: string, second: string): boolean =>
  new WordAtCursor(...at(first), undefined, list).narrowedTo(...at(second)) !== undefined;

it('one more letter of the word that was asked about narrows its list', () => {
  expect(narrowed('const x = al|', 'const x = alph|')).toBe(true);
  expect(narrowed('box.|; 1', 'box.fi|; 1')).toBe(true);
  expect(narrowed('al|', 'al|')).toBe(true);
});

it('another word, a shorter one, or other code around it has a list of its own', () => {
  for (const other of ['const x = be|', 'const x = a|', 'const y = alp|', 'const x = alp|;', 'const x = al.b|', 'const x = al b|', 'al|'])
    expect([other, narrowed('const x = al|', other)]).toEqual([other, false]);
});
