import {Ajv, type ErrorObject} from 'ajv';
import {readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {Temporal} from 'temporal-polyfill';
import {parseDocument} from 'yaml';
import {askedTwice, type StatedQuestion, type WrittenQuestion, writtenQuestions, writtenSchema} from '../../exercises/build/written.ts';

/** How a lesson is graded in one course: the file `assignment.yaml`. */
export interface Assignment {
  /** The lesson's number or folder. */
  readonly lesson: string;
  /** What it is called in exports, and nbgrader's folder of it. */
  readonly name?: string;
  /** What full marks are worth; the lesson's own points where not given. */
  readonly points?: number;
  /** ISO 8601, in UTC. */
  readonly due?: string;
  /** IANA name: whose days late ones are counted in. */
  readonly timezone: string;
  /** Which of a learner's attempts counts. */
  readonly attempts: 'best' | 'last';
  readonly late?: LatePolicy;
  /** Tasks whose points come on top of full marks. */
  readonly extraCredit: readonly string[];
  readonly roster?: {readonly file: string; readonly id?: string};
  /** Answers in words, which people mark and without which there is no score; the lesson's own where not given. */
  readonly written?: readonly WrittenQuestion[];
}

export interface LatePolicy {
  /** Of full marks, per day that has begun: 0.1 for 10%. */
  readonly perDay: number;
  readonly graceMinutes: number;
  /** After it nothing is given; never, where not given. */
  readonly cutoffMinutes?: number;
}

/** What holds where there is no manifest. */
export const plainAssignment: Omit<Assignment, 'lesson' | 'written'> = {timezone: 'UTC', attempts: 'last', extraCredit: []};

/**
 * @param dueElsewhere - whether lateness may count from a due time that the platform gives
 * @throws Error that names each line that is wrong, with what was expected there and what was got
 */
export async function readAssignment(path: string, dueElsewhere = false): Promise<Assignment> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected an assignment's manifest at ${path}, got ${cause.code}; check the path`, {cause});
  });
  const assignment = parseAssignment(text, path, dueElsewhere);
  const {roster} = assignment;
  return roster ? {...assignment, roster: {...roster, file: resolve(dirname(path), roster.file)}} : assignment;
}

/** @throws Error that names each line that is wrong, with what was expected there and what was got */
export function parseAssignment(text: string, file: string, dueElsewhere = false): Assignment {
  const document = parseDocument(text, {prettyErrors: true});
  const [broken] = document.errors;
  if (broken) throw new Error(`${file}: expected YAML, got: ${broken.message.trim()}`);
  const value: unknown = document.toJS();
  const lineOf = (path: string[]): string => {
    const node = document.getIn(path, true) as {range?: [number, number, number]} | undefined;
    return node?.range ? `:${text.slice(0, node.range[0]).split('\n').length}` : '';
  };
  if (!validate(value)) throw invalid(file, validate.errors ?? [], value, lineOf);
  const {lesson, due, timezone = 'UTC', late, roster, attempts = 'last', extraCredit = [], written, ...rest} = value;
  const problem = (field: string, expected: string): Error =>
    new Error(
      `${file}${lineOf([field])}: expected ${field} to be ${expected}, got ${JSON.stringify((value as unknown as Record<string, unknown>)[field])}`,
    );
  if (!isTimeZone(timezone)) throw problem('timezone', expectations['timezone']!);
  const instant = due === undefined ? undefined : dueInstant(due, timezone);
  if (due !== undefined && instant === undefined)
    throw problem('due', `${expectations['due']!}, a time that ${timezone} has just once that day`);
  const twice = askedTwice(written ?? []);
  if (twice !== undefined) throw problem('written', `questions of different names (${twice} is there twice)`);
  if (late && due === undefined && !dueElsewhere) throw problem('late', 'given together with `due`');
  return {
    ...rest,
    lesson: String(lesson),
    timezone,
    attempts,
    extraCredit,
    ...(written === undefined ? {} : {written: writtenQuestions(written)}),
    ...(instant === undefined ? {} : {due: instant}),
    ...(late === undefined
      ? {}
      : {
          late: {
            perDay: Number.parseFloat(late.perDay ?? '0%') / 100,
            graceMinutes: minutesOf(late.grace ?? '0 min'),
            ...(late.cutoff === undefined ? {} : {cutoffMinutes: minutesOf(late.cutoff)}),
          },
        }),
    ...(roster === undefined ? {} : {roster: typeof roster === 'string' ? {file: roster} : roster}),
  };
}

interface ManifestFile {
  readonly lesson: string | number;
  readonly name?: string;
  readonly points?: number;
  readonly due?: string;
  readonly timezone?: string;
  readonly attempts?: 'best' | 'last';
  readonly late?: {readonly perDay?: string; readonly grace?: string; readonly cutoff?: string};
  readonly extraCredit?: readonly string[];
  readonly roster?: string | {readonly file: string; readonly id?: string};
  readonly written?: readonly StatedQuestion[];
}

const text = {type: 'string', minLength: 1} as const;
const span = {type: 'string', pattern: '^\\d{1,6} ?(min|minutes?|h|hours?|d|days?)$'} as const;
const closed = {type: 'object', additionalProperties: false} as const;
const schema = {
  ...closed,
  required: ['lesson'],
  properties: {
    lesson: {type: ['string', 'integer'], minLength: 1, minimum: 0},
    name: {type: 'string', pattern: '^[^/\\\\\\u0000-\\u001f]+$'},
    points: {type: 'number', exclusiveMinimum: 0},
    due: {type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)?$'},
    timezone: text,
    attempts: {enum: ['best', 'last']},
    late: {...closed, properties: {perDay: {type: 'string', pattern: '^(100|\\d{1,2}(\\.\\d+)?)%$'}, grace: span, cutoff: span}},
    extraCredit: {type: 'array', items: text, uniqueItems: true},
    written: writtenSchema,
    roster: {type: ['string', 'object'], minLength: 1, additionalProperties: false, required: ['file'], properties: {file: text, id: text}},
  },
} as const;

const aSpan = 'a time such as 15 min, 36 h or 7 days';
const expectations: Readonly<Record<string, string>> = {
  lesson: "a lesson's number or folder, such as 04 or 04-int8-from-scratch",
  name: 'a name without slashes',
  points: 'a number above 0',
  due: 'a date with a time, such as 2026-12-01 23:59',
  timezone: 'a time zone such as Europe/Berlin or UTC',
  attempts: 'best or last',
  late: 'a list of perDay, grace and cutoff',
  'late/perDay': 'a share of full marks such as 10%',
  'late/grace': aSpan,
  'late/cutoff': aSpan,
  extraCredit: "a list of tasks' names",
  roster: 'the path of a CSV file, or `file` and `id` (the column that names learners as submissions do)',
  written: 'a list of question, title, points and rubric',
  'written/question': 'the id of the cell that answers it: letters, digits, dots and dashes',
  'written/title': 'a text',
  'written/points': 'a number above 0',
  'written/rubric': 'a list of texts',
  'roster/file': 'the path of a CSV file',
  'roster/id': 'the name of a column',
};

// The schema is our own, and the only union of types is meant.
const validate = new Ajv({allErrors: true, allowUnionTypes: true, strictTypes: false, validateSchema: false}).compile<ManifestFile>(schema);

function invalid(file: string, errors: readonly ErrorObject[], value: unknown, lineOf: (path: string[]) => string): Error {
  const problems = errors.map(({instancePath, keyword, params}) => {
    const path = instancePath.split('/').slice(1);
    if (keyword === 'required')
      return `${file}${lineOf(path)}: expected a field ${String(params['missingProperty'])}, found none; add it: ${expectations[[...named(path), String(params['missingProperty'])].join('/')] ?? ''}`;
    if (keyword === 'additionalProperties') {
      const field = String(params['additionalProperty']);
      const known = Object.keys(expectations).filter(name => name.split('/').slice(0, -1).join('/') === named(path).join('/'));
      return `${file}${lineOf([...path, field])}: expected one of the fields ${known.map(name => name.split('/').at(-1)).join(', ')}, got ${field}; correct or remove it`;
    }
    const known = named(path);
    const got = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value);
    return `${file}${lineOf(path)}: expected ${known.join(' ') || 'the file'} to be ${expectations[known.join('/')] ?? 'a list of fields, such as lesson: 04'}, got ${JSON.stringify(got)}`;
  });
  return new Error([...new Set(problems)].join('\n'));
}

/** Without places in lists. */
function named(path: readonly string[]): string[] {
  return path.filter(step => !/^\d+$/.test(step));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', {timeZone: name}).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Undefined for a time that the clocks skip, or show twice, that day. */
export function dueInstant(due: string, timezone: string): string | undefined {
  const text = due.replace(' ', 'T');
  try {
    const instant = /(Z|[+-]\d\d:\d\d)$/.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text, {overflow: 'reject'}).toZonedDateTime(timezone, {disambiguation: 'reject'}).toInstant();
    return new Date(instant.epochMilliseconds).toISOString();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function minutesOf(span: string): number {
  const [, count, unit] = /^(\d+) ?(min|m|h|d)/.exec(span)!;
  return Number(count) * (unit === 'h' ? 60 : unit === 'd' ? 24 * 60 : 1);
}
