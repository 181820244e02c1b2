import {Ajv} from 'ajv';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse as parseYaml} from 'yaml';
import {askedTwice, type StatedQuestion, writtenSchema} from './written.ts';

/** A lesson's front matter. */
export interface Manifest {
  readonly title: string;
  /** What a learner needs for it, reading and coding. */
  readonly minutes: number;
  /** Raised whenever a change makes old grades incomparable. */
  readonly version: number;
  /** What the learner can do afterwards. */
  readonly goals: readonly string[];
  readonly prerequisites: readonly string[];
  /** What the tasks' code may import when it is graded; a trailing `*` stands for anything. */
  readonly imports: readonly string[];
  /** Which tensors grading uses: JavaScript's start at once, TensorFlow's train. */
  readonly backend: 'cpu' | 'tensorflow';
  /** Wall time of a whole submission. */
  readonly budgetSeconds: number;
  readonly memoryMiB: number;
  /** It belongs to the core path, which is a course of its own. */
  readonly core?: true;
  /** Questions that people mark; the cell of that id answers each. */
  readonly written?: readonly StatedQuestion[];
}

const text = {type: 'string', minLength: 1} as const;
const texts = {type: 'array', items: text} as const;
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'minutes', 'version', 'goals', 'prerequisites', 'imports', 'backend', 'budgetSeconds', 'memoryMiB'],
  properties: {
    title: text,
    minutes: {type: 'integer', minimum: 5, maximum: 120},
    version: {type: 'integer', minimum: 1},
    goals: {...texts, minItems: 1},
    prerequisites: texts,
    imports: texts,
    backend: {enum: ['cpu', 'tensorflow']},
    budgetSeconds: {type: 'integer', minimum: 1, maximum: 3600},
    memoryMiB: {type: 'integer', minimum: 64, maximum: 65536},
    core: {const: true},
    written: writtenSchema,
  },
} as const;

/** The fields in the order in which a lesson states them. */
export const manifestFields = [...schema.required, 'core', 'written'] as const;

// The schema is our own: to check it by JSON Schema's takes longer than all the rest of reading a lesson.
const validate = new Ajv({allErrors: true, validateSchema: false}).compile<Manifest>(schema);

/** The front matter alone of a lesson's folder. @throws an Error naming the file and what was expected there */
export function readManifest(folder: string): Manifest {
  const file = join(folder, 'lesson.md');
  return splitFrontMatter(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'), file).manifest;
}

/** A lesson's text in two: its front matter, checked, and how many characters that takes. */
export function splitFrontMatter(text: string, file: string): {readonly manifest: Manifest; readonly length: number} {
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text);
  if (!front)
    throw new Error(
      `${file}: expected front matter between two --- lines at the top, found none; see exercises/04-int8-from-scratch/lesson.md`,
    );
  return {manifest: expectManifest(parseYaml(front[1]!), file), length: front[0].length};
}

/** @throws an Error that lists every field that is wrong, with what was expected there */
export function expectManifest(value: unknown, file: string): Manifest {
  if (validate(value)) {
    const twice = askedTwice(value.written ?? []);
    if (twice === undefined) return value;
    throw new Error(`${file}: expected written questions of different names, got ${twice} twice`);
  }
  const problems = (validate.errors ?? []).map(({instancePath, message, params}) => {
    const detail =
      'allowedValues' in params
        ? `: ${String(params['allowedValues'])}`
        : 'additionalProperty' in params
          ? `: ${String(params['additionalProperty'])}`
          : '';
    return `  ${instancePath === '' ? 'front matter' : instancePath.slice(1)} ${message}${detail}`;
  });
  throw new Error(
    `${file}: the front matter between the two --- lines is not a lesson's:\n${problems.join('\n')}\nIts fields are ${schema.required.join(', ')}, and written where people mark answers.`,
  );
}
