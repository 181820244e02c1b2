import {describe, expect, it} from 'vitest';
import {parseRoster} from './roster.ts';

const read = (text: string, id?: string): unknown =>
  parseRoster(text, 'r.csv', id).map(({id, firstName, lastName, email}) => [id, firstName, lastName, email]);

describe('a roster', () => {
  it('of nbgrader is read', () => {
    expect(read('id,first_name,last_name,email\nada,Ada,Lovelace,ada@x.org\n')).toEqual([['ada', 'Ada', 'Lovelace', 'ada@x.org']]);
  });

  it('of Canvas is read by its login, without its row of points', () => {
    const text = '\uFEFFStudent,ID,SIS User ID,SIS Login ID,Section\r\n    Points Possible,,,,\r\n"Lovelace, Ada",7,u7,ada,A\r\n';
    expect(read(text)).toEqual([['ada', 'Ada', 'Lovelace', '']]);
    expect(read(text, 'SIS User ID')).toEqual([['u7', 'Ada', 'Lovelace', '']]);
  });

  it('of Moodle and of Gradescope is read', () => {
    expect(read('First name,Last name,ID number,Email address\nAda,Lovelace,42,a@x.org\n')).toEqual([['42', 'Ada', 'Lovelace', 'a@x.org']]);
    expect(read('Name,SID,Email\nAda King Lovelace,42,a@x.org\n')).toEqual([['42', 'Ada King', 'Lovelace', 'a@x.org']]);
  });

  it('is read by the first column of ids in which there are any, and refused where the named one is empty', () => {
    const moodle = 'First name,Last name,ID number,Email address\nAda,Lovelace,,a@x.org\n';
    expect(read(moodle)).toEqual([['a@x.org', 'Ada', 'Lovelace', 'a@x.org']]);
    expect(() => read(moodle, 'ID number')).toThrow(/ids in the column ID number, found none in 1 rows; name another in the manifest/);
  });

  it('keeps ids as text, and the names of learners from everywhere', () => {
    expect(read('id,name\n007,"Ng, Ánh 🎓"\n')).toEqual([['007', 'Ánh 🎓', 'Ng', '']]);
  });

  it('with a learner twice is refused with both lines', () => {
    expect(() => read('id\na\nb\na\n')).toThrow(/r\.csv:4: expected each id once, got "a" as on line 2/);
  });

  it.each(['', 'colour\nred\n'])('without a column of ids is refused: %j', text => {
    expect(() => read(text)).toThrow(/r\.csv: expected a column with learners' ids .*name it in the manifest/);
  });

  it('of which a column is named that it has not is refused', () => {
    expect(() => read('id\na\n', 'matriculation')).toThrow(/expected a column matriculation, got id/);
  });

  it('that is no CSV is refused', () => {
    expect(() => read('id\n"a\n')).toThrow(/r\.csv: expected CSV/);
  });
});
