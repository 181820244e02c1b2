import {parse} from 'csv-parse/sync';
import {describe, expect, it} from 'vitest';
import {csvText, fromCell} from './csv.ts';
import {csvOf, sampleResult} from './reports.fixture.ts';

describe('grades.csv', () => {
  it('has one row per submission and one column per task', async () => {
    expect(await csvOf([sampleResult({learner: 'a'}), sampleResult({learner: 'b'})])).toBe(
      'learner,file,lesson,status,reason,score,max,dequantize,quantizeInt8,relativeOutputError\r\n' +
        'a,ada/04-int8-from-scratch.ipynb,04-int8-from-scratch,graded,,3,5,1,2,0\r\n' +
        'b,ada/04-int8-from-scratch.ipynb,04-int8-from-scratch,graded,,3,5,1,2,0\r\n',
    );
  });

  it('gives what was not graded no score, with its reason', async () => {
    const csv = await csvOf([sampleResult({status: 'not graded', reason: 'Too large, 300 MB', points: 0, max: 0, tasks: []})]);
    expect(csv.split('\r\n')[1]).toBe('ada,ada/04-int8-from-scratch.ipynb,04-int8-from-scratch,not graded,"Too large, 300 MB",,');
  });

  it('cannot hold a formula', async () => {
    for (const learner of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])
      expect((await csvOf([sampleResult({learner})])).split('\r\n').slice(1).join('\r\n').replace(/^"/, '')).toMatch(/^'/);
    expect(await csvOf([sampleResult({learner: 'a "b", c'})])).toContain('"a ""b"", c"');
  });

  it.each([',', ';', '\t'])('holds none for a program that splits at %j either', async delimiter => {
    const names = ['a;=1', 'a;;-1', 'a\t+1', 'a\n@b', 'a\r\n=1', 'a;"=1"', 'a, b;""=1', '=1;=1', '\t=1', 'a;＝1'];
    for (const learner of names) {
      const text = await csvOf([sampleResult({learner, file: learner, status: 'not graded', reason: learner})]);
      const cells = parse(text, {delimiter, relax_quotes: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r']}).flat();
      expect(cells.filter(cell => /^["\s]*[=+\-@＝]/.test(cell))).toEqual([]);
    }
  });

  it('gives the text back that a cell was made of', () => {
    const texts = ['-', 'late; -2 points', '=1', 'a;=1', 'a;"-1"', '\t=1', "it's = 1", 'two:\n- a\n- b', 'plain'];
    const cells = parse(csvText([texts]))[0]!;
    expect(cells.map(cell => fromCell(cell))).toEqual(texts);
    expect(cells.filter((cell, i) => cell !== texts[i])).toHaveLength(5);
  });
});
