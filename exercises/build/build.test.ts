import {Ajv} from 'ajv';
import {describe, expect, test} from 'vitest';
import {buildNotebook, notebookText, parseLesson, solvedNotebook} from './index.ts';

const front = `---
title: Test
minutes: 30
version: 2
goals: [know it]
prerequisites: []
imports: ['@tensorflow/tfjs*']
backend: cpu
budgetSeconds: 60
memoryMiB: 512
---
`;
const body = `Prose first.

\`\`\`ts
import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Pair} from 'snapgrid/exercises/99-test/interface';
\`\`\`

## Task one

<details><summary>Hint 1</summary>

\`\`\`typescript
const onlyRead = 1;
\`\`\`

</details>

\`\`\`ts task=first
function first(): number { throw new Error('Not written yet.'); }
\`\`\`

\`\`\`ts check=first points=3
await check('first')
\`\`\`

\`\`\`ts task=second
function second(): number { throw new Error('Not written yet.'); }
\`\`\`
`;
const asking = (written: string): string => front.replace('memoryMiB: 512', `memoryMiB: 512\nwritten: ${written}`);
const lesson = parseLesson('99-test', front + body);

describe('reading a lesson', () => {
  test('makes cells of ts fences, new Markdown cells of headings, and leaves other code in the prose', () => {
    expect(lesson.cells.map(cell => [cell.kind, cell.task ?? cell.check ?? ''])).toEqual([
      ['markdown', ''],
      ['markdown', ''],
      ['code', ''],
      ['markdown', ''],
      ['code', 'first'],
      ['code', 'first'],
      ['code', 'second'],
    ]);
    expect(lesson.cells[3]!.source).toContain('const onlyRead = 1;');
    expect(lesson.cells[0]!.source).toContain('# 99 · Test');
  });

  test('keeps the ids of cells when others change', () => {
    const edited = parseLesson('99-test', front + body.replace('Prose first.', 'Other prose.\n\n```ts\nconst more = 1;\n```'));
    const ids = new Set(edited.cells.map(cell => cell.id));
    expect(lesson.cells.filter(cell => !ids.has(cell.id)).map(cell => cell.source)).toEqual(['Prose first.']);
  });

  test('reads Windows line ends as others', () => {
    expect(parseLesson('99-test', (front + body).replaceAll('\n', '\r\n'))).toEqual(lesson);
  });

  test.each([
    ['no front matter', body, /expected front matter between two --- lines/],
    ['a wrong field', front.replace('minutes: 30', 'minutes: soon') + body, /minutes must be integer/],
    ['a missing field', front.replace('version: 2\n', '') + body, /must have required property 'version'/],
    ['an unknown field', `${front.replace('version: 2', 'version: 2\nlevel: 3')}${body}`, /must NOT have additional properties: level/],
    ['a task twice', front + body.replace('task=second', 'task=first'), /expected one cell with task=first, found more/],
    ['a word it does not know', front + body.replace('task=second', 'tsk=second'), /:37: expected `ts`, `ts task=NAME`/],
    ['a cell inside details', front + body.replace('```typescript', '```ts'), /cannot stand inside a list or <details>/],
    ['details that stay open', `${front}<details>\n\nprose\n`, /expected every <details> to be closed/],
    [
      'a written question without points',
      asking('[{question: why, title: Why?}]') + body,
      /written\/0 must have required property 'points'/,
    ],
    ['a written question of 0 points', asking('[{question: why, points: 0}]') + body, /written\/0\/points must be > 0/],
    [
      'a written question twice',
      asking('[{question: why, points: 1}, {question: why, points: 2}]') + body,
      /different names, got why twice/,
    ],
  ])('refuses %s, naming what was expected', (_, text, message) => {
    expect(() => parseLesson('99-test', text)).toThrow(message);
  });
});

describe('building a notebook', () => {
  const notebook = buildNotebook(lesson);

  test('gives the same bytes each time, with sorted keys', () => {
    expect(notebookText(buildNotebook(parseLesson('99-test', front + body)))).toBe(notebookText(notebook));
    expect(notebookText(notebook)).toMatch(/^\{\n "cells": \[\n {2}\{\n {3}"cell_type": "markdown"/);
  });

  test('is valid by the schema of nbformat 4.5', () => {
    const validate = new Ajv().compile(nbformat45);
    validate(JSON.parse(notebookText(notebook)));
    expect(validate.errors).toBeNull();
  });

  test('carries our metadata and nbgrader’s on answer and check cells', () => {
    expect(notebook.metadata['snapgrid']).toMatchObject({lesson: '99-test', version: 2, title: 'Test'});
    expect(notebook.cells[4]!.metadata).toMatchObject({
      nbgrader: {schema_version: 3, solution: true, grade: false, grade_id: 'first', locked: false, task: false},
      snapgrid: {task: 'first'},
    });
    expect(notebook.cells[5]!.metadata).toMatchObject({
      nbgrader: {solution: false, grade: true, grade_id: 'check-first', locked: true, points: 3},
    });
  });
});

describe('a written question', () => {
  const cell = '\n<!-- cell {"id": "written-why"} -->\n\n## Why?\n\nYour answer:\n';
  const asked = asking('[{question: written-why, title: Why clip?, points: 2.5, rubric: [names saturation]}]');
  const notebook = buildNotebook(parseLesson('99-test', asked + body + cell));

  test('is a manually graded answer to nbgrader', () => {
    expect(notebook.cells.find(({id}) => id === 'written-why')!.metadata).toEqual({
      nbgrader: {
        schema_version: 3,
        cell_type: 'markdown',
        grade: true,
        solution: true,
        locked: false,
        task: false,
        points: 2.5,
        grade_id: 'written-why',
      },
    });
  });

  test('keeps what an answer is to say out of the notebook', () => {
    expect(notebookText(notebook)).toContain('Why clip?');
    expect(notebookText(notebook)).not.toContain('saturation');
  });
});

describe('a solved notebook', () => {
  const answers = `import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Pair} from '../../exercises/99-test/interface.ts';
import {readFileSync} from 'node:fs';

const helper = 1;

/** Explains itself. */
export function first(): number {
  return helper;
}

export const second = (): number => 2;

const after = 3;
`;
  const cell = (text: string, id: string): string => buildText(text, id);
  const buildText = (override: string | undefined, id: string): string =>
    solvedNotebook(lesson, answers, override === '' ? undefined : override)
      .cells.find(cell => cell.id === id)!
      .source.join('');

  test('gives each answer cell its task’s piece, without exports and without imports that the notebook makes itself', () => {
    expect(cell('', 'task-first')).toBe(`import {readFileSync} from 'node:fs';

const helper = 1;

/** Explains itself. */
function first(): number {
  return helper;
}`);
    expect(cell('', 'task-second')).toBe('const second = (): number => 2;\n\nconst after = 3;');
  });

  test('takes what an override does differently and leaves its evidence out', () => {
    const wrong = `import {first} from '../answers.ts';\nexport * from '../answers.ts';\nexport const caughtBy = {task: 'second', check: 'c'};\nexport const second = (): number => first();\n`;
    // Other answers may call the helpers of the piece that is replaced.
    expect(cell(wrong, 'task-second')).toBe('const after = 3;\n\nconst second = (): number => first();');
    expect(cell(wrong, 'task-first')).toContain('return helper;');
  });

  test('refuses answers that lack a task', () => {
    expect(() => solvedNotebook(lesson, 'export const first = 1;')).toThrow(
      'expected answers.ts to export first, second; second is missing',
    );
  });
});

/** What of nbformat's own schema (v4.5) concerns notebooks without outputs and attachments. */
const source = {oneOf: [{type: 'string'}, {type: 'array', items: {type: 'string'}}]};
const id = {type: 'string', pattern: '^[a-zA-Z0-9-_]+$', minLength: 1, maxLength: 64};
const nbformat45 = {
  type: 'object',
  additionalProperties: false,
  required: ['metadata', 'nbformat_minor', 'nbformat', 'cells'],
  properties: {
    metadata: {
      type: 'object',
      properties: {
        kernelspec: {
          type: 'object',
          required: ['name', 'display_name'],
          properties: {name: {type: 'string'}, display_name: {type: 'string'}},
        },
        language_info: {
          type: 'object',
          required: ['name'],
          properties: {name: {type: 'string'}, file_extension: {type: 'string'}, mimetype: {type: 'string'}},
        },
      },
    },
    nbformat_minor: {type: 'integer', minimum: 5},
    nbformat: {type: 'integer', minimum: 4, maximum: 4},
    cells: {
      type: 'array',
      items: {
        oneOf: [
          {
            type: 'object',
            required: ['id', 'cell_type', 'metadata', 'source'],
            additionalProperties: false,
            properties: {id, cell_type: {const: 'markdown'}, metadata: {type: 'object'}, source},
          },
          {
            type: 'object',
            required: ['id', 'cell_type', 'metadata', 'source', 'outputs', 'execution_count'],
            additionalProperties: false,
            properties: {
              id,
              cell_type: {const: 'code'},
              metadata: {type: 'object'},
              source,
              outputs: {type: 'array', maxItems: 0},
              execution_count: {type: 'null'},
            },
          },
        ],
      },
    },
  },
};
