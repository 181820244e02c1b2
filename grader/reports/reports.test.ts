import {describe, expect, it} from 'vitest';
import {parseResult, type SubmissionResult} from '../results.ts';
import {ClassFigures, feedbackPage} from './index.ts';
import {measurementWords, numberText} from './numbers.ts';
import {classText, gradedLearners, lostCheck, measuredCheck, sampleResult, sampleTask} from './reports.fixture.ts';

/** What these tests read of a page: jsdom carries no types, and its published ones would add a browser's globals to the whole project. */
interface Element {
  readonly id: string;
  readonly tagName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{readonly name: string; readonly value: string}>;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}
interface Page extends Element {
  readonly body: Element;
  getElementById(id: string): Element | null;
}
const specifier: string = 'jsdom';
const {JSDOM} = (await import(specifier)) as {JSDOM: new (html: string) => {readonly window: {readonly document: Page}}};
const document = (html: string): Page => new JSDOM(html).window.document;
const all = (page: Element, selector: string): readonly Element[] => [...page.querySelectorAll(selector)];
const attack = `<script>alert(1)</script><img src=x onerror="alert(2)">'"&`;
const lesson = {title: 'int8 from scratch', slug: '04-int8-from-scratch'};

describe('feedback', () => {
  it('shows every text of a learner as text, never as markup', async () => {
    const result = sampleResult({
      learner: attack,
      file: attack,
      tasks: [sampleTask('f', attack, [measuredCheck(attack, 1, 3, '<=', 1, attack, attack)])],
      cells: [{id: attack, source: attack, output: attack, error: attack, task: 'f'}],
      warnings: [attack],
    });
    for (const html of [feedbackPage(result, attack), await classText([result], {title: attack, slug: attack})]) {
      const page = document(html);
      expect(all(page, 'script, img, iframe, object, [onerror]')).toHaveLength(0);
      expect(page.body.textContent).toContain('<script>alert(1)</script>');
    }
  });

  it('says once per task what all of its checks say', () => {
    const stub = 'f threw an Error on the first line.';
    const checks = ['one', 'two', 'three'].map(name => lostCheck(name, 1, 'error', stub));
    const text = document(feedbackPage(sampleResult({tasks: [sampleTask('f', 'f', checks)]}), lesson.title)).body.textContent;
    expect(text.split(stub)).toHaveLength(2);
  });

  it('asks nobody for anything: its policy allows its own style and nothing else', () => {
    const page = document(feedbackPage(sampleResult(), lesson.title));
    expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute('content')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
    );
    expect(all(page, '[style], [src], link')).toHaveLength(0);
    expect(all(page, 'a').every(a => a.getAttribute('href')!.startsWith('#'))).toBe(true);
  });

  it('stays under 2 MB whatever was handed in', () => {
    const long = '<'.repeat(300_000);
    const cells = Array.from({length: 100_000}, (_, i) => ({
      id: String(i),
      source: i < 50 ? long : '<',
      output: i < 50 ? long : '',
      error: long,
    }));
    const tasks = [
      sampleTask(
        'f',
        'f',
        Array.from({length: 30}, (_, i) => lostCheck(`check ${i}`, 1, 'error', long)),
      ),
    ];
    const html = feedbackPage(sampleResult({cells, tasks, warnings: Array.from({length: 1_000}, () => long)}), lesson.title);
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    expect(html).toContain('This page is full');
  });

  it('puts a verdict beside the cell that it is about, in words', () => {
    const page = document(
      feedbackPage(
        sampleResult({
          cells: [
            {id: 'a', task: 'dequantize', source: 'const answer = 42;', output: 'printed'},
            {id: 'b', source: 'other', output: ''},
          ],
        }),
        lesson.title,
      ),
    );
    const task = page.querySelector('#task-dequantize')!;
    expect(task.textContent).toContain('const answer = 42;');
    expect(task.textContent).toContain('passed');
    expect(task.textContent).not.toContain('other');
    expect(page.querySelector('#task-relativeOutputError')!.textContent).toContain('No cell of the notebook holds this answer.');
    expect(task.querySelector('svg[role=img]')!.getAttribute('aria-label')).toBe('Measured 0.499 × scale, expected at most 0.5: passes');
  });

  it('does not tell the seed, nor its id', () => {
    expect(feedbackPage(sampleResult(), lesson.title)).not.toContain('3fa8c2d1');
  });

  it('says why a submission was not graded, and gives it no score', () => {
    const page = document(feedbackPage(sampleResult({status: 'not graded', reason: 'The file is empty.', tasks: []}), lesson.title));
    expect(page.querySelector('main')!.textContent).toContain('The file is empty.');
    expect(page.querySelector('.score')!.textContent).toBe('– not graded');
  });

  it('has landmarks, one first heading, no skipped level, no id twice', async () => {
    for (const html of [
      feedbackPage(sampleResult({cells: [{id: 'a', source: 'x', output: ''}]}), lesson.title),
      await classText([sampleResult()], lesson),
    ]) {
      const page = document(html);
      for (const landmark of ['header', 'main', 'footer', 'title', 'html[lang]']) expect(page.querySelector(landmark)).not.toBeNull();
      const levels = all(page, 'h1, h2, h3, h4').map(h => Number(h.tagName[1]));
      expect(levels.filter(level => level === 1)).toEqual([1]);
      expect(levels.every((level, i) => i === 0 || level <= levels[i - 1]! + 1)).toBe(true);
      const ids = all(page, '[id]').map(e => e.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const picture of page.querySelectorAll('svg'))
        expect(picture.hasAttribute('aria-label') || picture.getAttribute('aria-hidden') === 'true').toBe(true);
      for (const section of all(page, 'section')) expect(page.getElementById(section.getAttribute('aria-labelledby')!)).not.toBeNull();
    }
  });

  it('draws values that are not numbers, zero thresholds and far misses', async () => {
    const values = [NaN, Infinity, -Infinity, 0, 1e30, -5];
    const checks = values.flatMap(value =>
      [0, 0.5, -3, 1e-30].flatMap(threshold =>
        (['<=', '>=', '==', '<', '>'] as const).map(c => measuredCheck(`${value} ${c} ${threshold}`, 1, value, c, threshold, '')),
      ),
    );
    const result = sampleResult({tasks: [sampleTask('f', 'f', checks)]});
    for (const r of [result, parseResult(JSON.stringify(result))])
      for (const html of [feedbackPage(r, 't'), await classText([r], lesson)])
        for (const svg of document(html).querySelectorAll('svg'))
          expect(
            all(svg, '*')
              .flatMap(shape => [...shape.attributes].map(a => a.value))
              .join(' '),
          ).not.toMatch(/NaN|Infinity/);
  });
});

describe('class page', () => {
  const ungraded = sampleResult({learner: 'eve', status: 'not graded', reason: 'Not a notebook.', tasks: [], points: 0, max: 0});

  it('leaves what was not graded out of every figure, and lists it with its reason', async () => {
    const page = document(await classText([sampleResult(), ungraded], lesson));
    expect(page.querySelector('.tiles')!.textContent).toContain('3 of 5');
    expect(page.querySelector('[aria-labelledby=ungraded]')!.textContent).toContain('Not a notebook.');
    expect(page.querySelector('[aria-labelledby=learners]')!.textContent).not.toContain('eve');
  });

  it('counts learners with the same mistake', async () => {
    const page = document(
      await classText(
        ['a', 'b', 'c'].map(learner => sampleResult({learner})),
        lesson,
      ),
    );
    expect(page.querySelector('[aria-labelledby=mistakes] tbody tr')!.textContent).toMatch(/^3agrees with the reference/);
  });

  it('says how late it was, what that took and which score counts', async () => {
    const late = {due: '2026-11-29T00:00:00.000Z', late: {perDay: 0.1, graceMinutes: 0}};
    const [ada] = gradedLearners([sampleResult()], late);
    for (const html of [await classText([sampleResult()], lesson, late), feedbackPage(sampleResult(), lesson.title, [], ada!.grade)]) {
      const text = document(html).querySelector('main')!.textContent!;
      expect(text).toContain('handed in 3 days late: 1.5 points less');
      expect(text).toContain('1.5 of 5');
    }
    const inTime = {...late, due: '2026-12-02T00:00:00.000Z'};
    const [grace] = gradedLearners([sampleResult()], inTime);
    for (const html of [await classText([sampleResult()], lesson, inTime), feedbackPage(sampleResult(), lesson.title, [], grace!.grade)])
      expect(document(html).querySelector('main')!.textContent).not.toMatch(/late|counts:/);
  });

  it('draws five signs in one place at most, and counts all', async () => {
    const many = Array.from({length: 40}, (_, i) => sampleResult({learner: `l${i}`}));
    const strip = document(await classText(many, lesson)).querySelector('[aria-labelledby=margins] svg')!;
    expect([...strip.querySelectorAll('circle, path')]).toHaveLength(5);
    expect(strip.getAttribute('aria-label')).toContain('40 pass, 0 miss');
  });

  it('ranks nobody where an answer has a cost: it shows the front, and who is on it', async () => {
    const reached = (learner: string, bytes: number, lost: number): SubmissionResult => {
      const check = measuredCheck('at an eighth', 1, lost, '<=', 2, 'points lost');
      const measurement = {...check.measurement!, cost: {value: bytes, unit: 'bytes'}};
      return sampleResult({learner, tasks: [sampleTask('compress', 'The smallest', [{...check, measurement}])]});
    };
    const page = document(
      await classText(
        [reached('ada', 9000, 0.5), reached('ben', 9500, 0.7), reached('cy', 5000, 3), reached('di', 9000, 0.5), reached('eve', 9000, 0.6)],
        lesson,
      ),
    );
    const card = page.querySelector('[aria-labelledby=front-compress-0]')!;
    expect(all(card, 'tbody tr').map(row => row.textContent)).toEqual(['cy5,0003', 'ada, di9,0000.5']);
    expect(card.querySelector('svg')!.getAttribute('aria-label')).toBe(
      '5 measurements, points lost by bytes; nobody beats 3 at 5,000; 0.5 at 9,000',
    );
    expect(page.querySelector('[aria-labelledby^=front-relativeOutputError]')).toBeNull();
  });

  it('keeps the front of a class of any size small', () => {
    const figures = new ClassFigures();
    const cost = {value: 100, unit: 'bytes'};
    for (let i = 0; i < 5000; i++) {
      const check = measuredCheck('c', 1, 50 + (i % 100), '<=', 100, 'points');
      const tasks = [sampleTask('f', 'F', [{...check, measurement: {...check.measurement!, cost: {...cost, value: 100 + (i % 70)}}}])];
      figures.add(sampleResult({learner: `l${i}`, tasks}));
    }
    const [front] = figures.tasks.get('f')!.fronts.values();
    expect(front!.total).toBe(5000);
    expect(front!.drawn.length).toBe(500);
    expect(front!.front.every(({learners, count}) => learners.length <= 3 && count >= learners.length)).toBe(true);
  });

  it('says when there was no sandbox', async () => {
    expect(await classText([sampleResult()], lesson)).toContain('every submission ran in a bubblewrap sandbox');
    expect(
      document(await classText([sampleResult(), sampleResult({learner: 'b', isolation: 'process'})], lesson)).querySelector('#isolation')!
        .textContent,
    ).toBe('Graded without a sandbox');
  });

  it('links to feedback, also of learners with spaces and signs in their names', async () => {
    const page = document(await classText([sampleResult({learner: 'Zoë 🙂 #1?'})], lesson));
    const link = page.querySelector('[aria-labelledby=learners] a')!.getAttribute('href')!;
    expect(decodeURIComponent(link)).toBe('Zoë 🙂 #1?/feedback.html');
    expect(link).not.toMatch(/[#? ]/);
  });

  it('of nobody is a page too', async () => {
    expect(document(await classText([], lesson)).querySelector('.tiles')!.textContent).toContain('0 of 0');
    expect(await classText([ungraded], lesson)).not.toContain('NaN');
  });
});

describe('numbers', () => {
  it('have as many digits as tell a value from its threshold', () => {
    expect(measurementWords({measured: 0.500_004, threshold: 0.5, comparison: '<=', margin: -0.000_004, unit: 'mV'})).toEqual({
      measured: '0.500004',
      unit: 'mV',
      threshold: 'at most 0.5',
      margin: '−4e−6',
    });
  });

  it('are written for people', () => {
    expect([124_439_808, 1234.5678, 0.1 + 0.2, -2.5, 0, 1e-9, 1e21, NaN, -Infinity].map(n => numberText(n))).toEqual([
      '124,439,808',
      '1,235',
      '0.3',
      '−2.5',
      '0',
      '1e−9',
      '1e21',
      'not a number',
      '−infinity',
    ]);
  });
});
