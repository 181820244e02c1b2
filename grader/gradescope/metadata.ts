import {Ajv} from 'ajv';
import {readFile} from 'node:fs/promises';

/** What Gradescope says about a submission: the file `submission_metadata.json`. */
export interface GradescopeMetadata {
  /** The learner, or the group: `a@x.org+b@x.org`. */
  readonly learner: string;
  /** ISO 8601, in UTC. */
  readonly submittedAt: string;
  /** ISO 8601, in UTC; undefined where nothing is due. */
  readonly due: string | undefined;
}

interface MetadataFile {
  readonly created_at: string;
  readonly assignment: {readonly due_date?: string | null};
  readonly users: readonly {readonly sid?: string | null; readonly email?: string | null; readonly id?: number | string}[];
}

const time = {type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$'} as const;
const name = {type: ['string', 'null']} as const;
const schema = {
  type: 'object',
  required: ['created_at', 'assignment', 'users'],
  properties: {
    created_at: time,
    assignment: {type: 'object', properties: {due_date: {anyOf: [time, {type: 'null'}]}}},
    users: {
      type: 'array',
      minItems: 1,
      items: {type: 'object', properties: {sid: name, email: name, id: {type: ['integer', 'string']}}},
    },
  },
} as const;
const ajv = new Ajv({allErrors: true, allowUnionTypes: true, validateSchema: false});
const validate = ajv.compile<MetadataFile>(schema);

/** @throws Error that says which field is not as Gradescope documents it */
export async function readMetadata(path: string): Promise<GradescopeMetadata> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `Expected Gradescope's ${path}, got ${cause.code}; run this in its container, or name the folder that stands for /autograder`,
      {cause},
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Expected JSON in ${path}, got: ${(cause as Error).message}`, {cause});
  }
  if (!validate(value))
    throw new Error(`Expected ${path} as Gradescope documents it, got: ${ajv.errorsText(validate.errors, {dataVar: ''})}`);
  const {created_at, assignment, users} = value;
  return {
    learner: users.map(({sid, email, id}, i) => sid || email || String(id ?? `user-${i + 1}`)).join('+'),
    submittedAt: new Date(created_at).toISOString(),
    due: assignment.due_date ? new Date(assignment.due_date).toISOString() : undefined,
  };
}
