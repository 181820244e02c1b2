import fc from 'fast-check';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {buildNotebook, importNotebook, notebookText, ownCourse, parseLesson} from './index.ts';

interface Cell {
  readonly cell_type: string;
  readonly id?: string;
  readonly metadata?: object;
  readonly source: string | readonly string[];
}

const notebook = (cells: readonly Cell[], metadata = {}) => ({nbformat: 4, nbformat_minor: 5, metadata, cells});
const markdown = (source: string, more = {}): Cell => ({cell_type: 'markdown', metadata: {}, source, ...more});
const code = (source: string, more = {}): Cell => ({cell_type: 'code', metadata: {}, source, ...more});
const fallback = {slug: '01-mine', title: 'Mine'};

/** What is built of what was imported, without the lesson's heading. */
function back(cells: readonly Cell[]): {kind: string; source: string; metadata: object; id: string}[] {
  const {slug, markdown} = importNotebook(notebook(cells), fallback);
  return buildNotebook(parseLesson(slug, markdown))
    .cells.slice(1)
    .map(({cell_type, source, metadata, id}) => ({kind: cell_type, source: source.join(''), metadata, id}));
}

const count = (markdown: string): number => markdown.match(/^<!-- cell/gm)?.length ?? 0;
const text = (source: Cell['source']): string => [source].flat().join('');

describe('importing a notebook', () => {
  test.each(ownCourse.slugs())('of %s gives the Markdown that it was built from', slug => {
    const built = readFileSync(join(ownCourse.notebooks, `${slug}.ipynb`), 'utf8');
    const imported = importNotebook(JSON.parse(built), fallback);
    const own = readFileSync(join(ownCourse.folder(slug), 'lesson.md'), 'utf8');
    expect(imported.slug).toBe(slug);
    expect(imported.notes.filter(note => !note.includes('rubrics'))).toEqual([]);
    expect(count(imported.markdown)).toBeLessThanOrEqual(count(own));
    expect(notebookText(buildNotebook(parseLesson(slug, imported.markdown)))).toBe(built);
  });

  test('keeps written questions, and says what a notebook does not hold of them', () => {
    const front =
      '---\ntitle: T\nminutes: 30\nversion: 1\ngoals: [a]\nprerequisites: []\nimports: []\nbackend: cpu\nbudgetSeconds: 60\nmemoryMiB: 512\n';
    const asked = 'written: [{question: written-why, title: Why?, points: 2, rubric: [names saturation]}]\n---\n';
    const built = buildNotebook(
      parseLesson('01-asks', `${front}${asked}## One\n\nText.\n\n<!-- cell {"id": "written-why"} -->\n\n## Why?\n\nYour answer:`),
    );
    const imported = importNotebook(built, fallback);
    expect(imported.notes).toEqual(['write the rubrics of the written questions into the front matter: a notebook does not hold them']);
    expect(buildNotebook(parseLesson('01-asks', imported.markdown))).toEqual(built);
  });

  test('keeps cells that headings, fences and other cells would run into', () => {
    const cells = [
      markdown('One.'),
      markdown('Two, not a part of one.'),
      markdown('Three.\n\n## A heading inside\n\nmore'),
      markdown('Code that is only shown:\n\n```ts\nconst a = 1;\n```'),
      code('const fence = `\n```\n`;'),
      code('1', {metadata: {tags: ['parameters', 'a --> b']}, id: 'kept'}),
      markdown('<details>\n\n```ts\nconst hidden = 1;\n```\n\n</details>'),
    ];
    const built = back(cells);
    expect(built.map(({kind, source}) => [kind, source])).toEqual(cells.map(cell => [cell.cell_type, text(cell.source)]));
    expect(built[5]).toMatchObject({id: 'kept', metadata: {tags: ['parameters', 'a --> b']}});
  });

  test('loses nothing of any notebook that it takes', () => {
    const line = fc.constantFrom(
      '',
      'prose',
      '## Heading',
      '# Top',
      '- item',
      '    indented',
      '> quoted',
      '`code`',
      'const a = 1;',
      '---',
      '<!-- cell -->',
      '$x$',
    );
    const source = fc
      .array(line, {minLength: 1, maxLength: 5})
      .map(lines => lines.join('\n').trim())
      .filter(Boolean);
    const id = fc.option(fc.stringMatching(/^[a-z0-9-]{1,12}$/), {nil: undefined});
    const cell = fc.record({cell_type: fc.constantFrom('markdown', 'code'), source, id, metadata: fc.constantFrom({}, {tags: ['x']})});
    let taken = 0;
    fc.assert(
      fc.property(fc.array(cell, {maxLength: 8}), given => {
        const cells = given.map(({id, ...rest}) => (id === undefined ? rest : {...rest, id}));
        let built: ReturnType<typeof back>;
        try {
          built = back(cells);
        } catch (error) {
          expect(String(error)).toContain('Expected cells that Markdown can hold');
          return;
        }
        taken++;
        expect(built.map(({kind, source, metadata}) => ({cell_type: kind, source, metadata}))).toEqual(
          cells.map(({cell_type, source, metadata}) => ({cell_type, source, metadata})),
        );
        cells.forEach((cell, i) => {
          if ('id' in cell) expect(built[i]!.id).toBe(cell.id);
        });
      }),
      {numRuns: 300},
    );
    expect(taken).toBeGreaterThan(100);
  });

  test("takes nbgrader's answer cells as tasks and says which of its tests are to be written as checks", () => {
    const nbgrader = {schema_version: 3, task: false, cell_type: 'code'};
    const cells = [
      markdown('# Squares\n\nWrite it.'),
      code('function squares() {}', {
        metadata: {nbgrader: {...nbgrader, solution: true, grade: false, grade_id: 'squares', locked: false}},
      }),
      code('assert(squares())', {
        metadata: {nbgrader: {...nbgrader, solution: false, grade: true, grade_id: 'test_squares', points: 2, locked: true}},
      }),
    ];
    const {markdown: lesson, notes} = importNotebook(notebook(cells), fallback);
    expect(lesson).toContain('```ts task=squares');
    expect(lesson).toContain('title: Squares');
    expect(notes.join()).toContain("cell 3 is a test of nbgrader's (test_squares)");
  });

  test.each([
    ['what is none', {}, /Expected a notebook of nbformat 4/],
    ['an older format', {nbformat: 3, worksheets: []}, /Expected a notebook of nbformat 4/],
    ['a cell without a source', {nbformat: 4, cells: [{cell_type: 'code'}]}, /cells\/0 must have required property 'source'/],
    ['a fence left open before a cell', notebook([markdown('```js\nopen'), code('1')]), /cell 1: "```js.*left open/],
  ])('refuses %s', (_, value, message) => {
    expect(() => importNotebook(value, fallback)).toThrow(message);
  });
});
