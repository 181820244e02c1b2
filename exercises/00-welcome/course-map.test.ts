import {describe, expect, test} from 'vitest';
import {ownCourse, readLesson} from '../build/index.ts';
import {courseMap, type MapEntry, mapOf} from './course-map.ts';

const bundleOf = (shown: object): Record<string, string> =>
  (shown as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!();
const lessons: MapEntry[] = [
  {slug: '01-first', title: 'First <one>', minutes: 30, core: true, tasks: ['a', 'b']},
  {slug: '02-second', title: 'Second', minutes: 60, core: false, tasks: ['c']},
];
const passed = {points: 1, max: 1, passed: true};

describe('the map', () => {
  test('counts what is done, by lesson and in all, in words and not by colour alone', () => {
    const progress = new Map([
      [
        '01-first',
        new Map([
          ['a', passed],
          ['gone', passed],
        ]),
      ],
      ['02-second', new Map([['c', passed]])],
    ]);
    expect(bundleOf(mapOf(lessons, progress, () => false))['text/plain']).toBe(
      [
        '1 of 2 lessons done · 2 of 3 tasks',
        '  ◐ ● 01 First <one>: 30 min, begun, 1 of 2 tasks',
        '  ✓   02 Second: 60 min, done, 1 of 1 tasks',
        '● the core path: 1 lessons, about 0.5 hours; all: about 1.5 hours',
      ].join('\n'),
    );
  });

  test('links the notebooks that stand beside it, and escapes what it shows', () => {
    const html = bundleOf(mapOf(lessons, new Map(), slug => slug === '02-second'))['text/html']!;
    expect(html).toContain('<a href="02-second.ipynb">Second</a>');
    expect(html).toContain('<td style="text-align:left">First &#60;one&#62;</td>');
    expect(html).not.toContain('01-first.ipynb');
  });

  test('shows every lesson of the course, read from the lessons themselves', async () => {
    const plain = bundleOf(await courseMap())['text/plain']!;
    for (const slug of ownCourse.slugs()) {
      const {title, minutes, core} = readLesson(ownCourse.folder(slug)).manifest;
      expect(plain).toContain(`${core ? '●' : ' '} ${slug.slice(0, 2)} ${title}: ${minutes} min`);
    }
  });
});
