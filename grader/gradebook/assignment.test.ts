import {describe, expect, it} from 'vitest';
import {parseAssignment} from './assignment.ts';

const parse = (text: string): unknown => parseAssignment(text, 'a.yaml');

describe('an assignment’s manifest', () => {
  it('is read with its due time in its time zone, its late policy and its roster', () => {
    const text = `lesson: 04
name: int8
points: 10
due: 2026-12-01 23:59
timezone: Europe/Berlin
attempts: best
late: {perDay: 12.5%, grace: 15 min, cutoff: 7 days}
extraCredit: [relativeOutputError]
roster: {file: canvas.csv, id: SIS Login ID}
written:
  - {question: why-clip, points: 4, rubric: [names saturation]}
`;
    expect(parse(text)).toEqual({
      lesson: '4',
      name: 'int8',
      points: 10,
      due: '2026-12-01T22:59:00.000Z',
      timezone: 'Europe/Berlin',
      attempts: 'best',
      late: {perDay: 0.125, graceMinutes: 15, cutoffMinutes: 7 * 24 * 60},
      extraCredit: ['relativeOutputError'],
      roster: {file: 'canvas.csv', id: 'SIS Login ID'},
      written: [{question: 'why-clip', title: 'why-clip', points: 4, rubric: ['names saturation']}],
    });
  });

  it('of a lesson alone counts the last attempt and knows no lateness', () => {
    expect(parse('lesson: 04-int8')).toEqual({lesson: '04-int8', timezone: 'UTC', attempts: 'last', extraCredit: []});
  });

  it('takes an offset in the due time at its word', () => {
    expect(parse('lesson: 4\ndue: 2026-12-01T23:59-05:00')).toMatchObject({due: '2026-12-02T04:59:00.000Z'});
  });

  it.each([
    ['', /a\.yaml: expected the file to be a list of fields.*got null/],
    ['due: 2026-12-01 23:59', /a\.yaml:1: expected a field lesson, found none; add it: a lesson's number/],
    ['lesson: 04\ndue: tomorrow', /a\.yaml:2: expected due to be a date with a time, such as 2026-12-01 23:59, got "tomorrow"/],
    ['lesson: 04\ndue: 2026-02-30 23:59', /a\.yaml:2: expected due to be a date.*got "2026-02-30 23:59"/],
    ['lesson: 04\ntimezone: Mars/Olympus\ndue: 2026-12-01 23:59', /a\.yaml:2: expected timezone to be a time zone.*got "Mars\/Olympus"/],
    ['lesson: 04\ntimezone: Europe/Berlin\ndue: 2026-03-29 02:30', /a\.yaml:3: .*a time that Europe\/Berlin has just once that day/],
    ['lesson: 04\ntimezone: Europe/Berlin\ndue: 2026-10-25 02:30', /a\.yaml:3: .*a time that Europe\/Berlin has just once that day/],
    ['lesson: 04\nattempts: first', /a\.yaml:2: expected attempts to be best or last, got "first"/],
    [
      'lesson: 04\nlate: {perDay: 10}\ndue: 2026-12-01 23:59',
      /a\.yaml:2: expected late perDay to be a share of full marks such as 10%, got 10/,
    ],
    ['lesson: 04\nlate: {perDay: 10%, grace: soon}\ndue: 2026-12-01 23:59', /expected late grace to be a time such as 15 min/],
    ['lesson: 04\nlate: {perDay: 10%}', /a\.yaml:2: expected late to be given together with `due`/],
    ['lesson: 04\npoint: 3', /a\.yaml:2: expected one of the fields lesson, name, points,.* got point; correct or remove it/],
    ['lesson: 04\nwritten: [{question: why, points: many}]', /a\.yaml:2: expected written points to be a number above 0, got "many"/],
    ['lesson: 04\nwritten: [{question: why}]', /a\.yaml:2: expected a field points, found none; add it: a number above 0/],
    ['lesson: 04\npoints: 0', /expected points to be a number above 0, got 0/],
    ['lesson: 04\nname: ../../etc', /expected name to be a name without slashes/],
    ['lesson: [', /a\.yaml: expected YAML, got: .*line 1/s],
    ['lesson: 04\nlesson: 05', /a\.yaml: expected YAML, got: Map keys must be unique/],
  ])('%j is refused with what was expected, what was got and where', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
