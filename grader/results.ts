import {Ajv, type ValidateFunction} from 'ajv';
import type {TaskResult} from '../checking/types.ts';

/** What is known about one submission once it was graded, or could not be: the file `result.json`. */
export interface SubmissionResult {
  readonly schema: 1;
  readonly learner: string;
  /** The notebook, relative to the folder that was graded. */
  readonly file: string;
  readonly lesson: string;
  readonly lessonVersion: number;
  /** SHA-256 of the lesson's code, its checks among it; an older snapgrid did not note it. */
  readonly codeHash?: string;
  readonly graderVersion: string;
  /** SHA-256 of the notebook's bytes; empty where they could not be read. */
  readonly contentHash: string;
  /** The first 8 hexadecimal digits of a hash of the seed: tells seeds apart, gives none away. */
  readonly seedId: string;
  readonly backend: string;
  readonly isolation: Isolation;
  readonly status: 'graded' | 'not graded';
  /** Why not; empty when graded. */
  readonly reason: string;
  /** ISO 8601. */
  readonly started: string;
  readonly seconds: number;
  readonly points: number;
  readonly max: number;
  readonly tasks: readonly TaskResult[];
  /** The learner's notebook, as feedback shows it. */
  readonly cells: readonly CellResult[];
  /** What was assumed: a copied cell, missing metadata, capped output. */
  readonly warnings: readonly string[];
}

export type Isolation = 'bubblewrap' | 'process';

export interface CellResult {
  readonly id: string;
  readonly source: string;
  /** The task that this cell answers. */
  readonly task?: string;
  /** What it printed, capped. */
  readonly output: string;
  /** What it threw, or why it was cut. */
  readonly error?: string;
}

/** Returns what JSON holds as a result. @throws Error that names every field that is not as the schema says. */
export function parseResult(json: string): SubmissionResult {
  const value: unknown = JSON.parse(json);
  validate ??= ajv.compile(resultSchema);
  if (!validate(value))
    throw new Error(`Expected a result of schema 1, got: ${ajv.errorsText(validate.errors)}; grade the submission again`);
  return value as SubmissionResult;
}

const text = {type: 'string'} as const;
const number = {type: 'number'} as const;
const verdict = {enum: ['passed', 'failed', 'error', 'timeout', 'memory', 'forged', 'infrastructure']} as const;

function record(properties: Record<string, object>, optional: Record<string, object> = {}): object {
  return {type: 'object', properties: {...properties, ...optional}, required: Object.keys(properties), additionalProperties: false};
}

/** JSON has no NaN: a measured value that is none travels as null. */
const measured = {type: ['number', 'null']} as const;

const measurement = record(
  {measured, comparison: {enum: ['<=', '<', '>=', '>', '==']}, threshold: measured, margin: measured, unit: text},
  {cost: record({value: number, unit: text})},
);
const check = record({name: text, points: number, max: number, verdict, message: text}, {measurement});
const task = record({task: text, title: text, points: number, max: number, verdict, checks: {type: 'array', items: check}});
const cell = record({id: text, source: text, output: text}, {task: text, error: text});

export const resultSchema = record(
  {
    schema: {const: 1},
    learner: text,
    file: text,
    lesson: text,
    lessonVersion: number,
    graderVersion: text,
    contentHash: text,
    seedId: text,
    backend: text,
    isolation: {enum: ['bubblewrap', 'process']},
    status: {enum: ['graded', 'not graded']},
    reason: text,
    started: text,
    seconds: number,
    points: number,
    max: number,
    tasks: {type: 'array', items: task},
    cells: {type: 'array', items: cell},
    warnings: {type: 'array', items: text},
  },
  {codeHash: text},
);

const ajv = new Ajv({allErrors: true, allowUnionTypes: true, validateSchema: false});
/** Made by the first result that is read: it takes longer than to grade one. */
let validate: ValidateFunction | undefined;
