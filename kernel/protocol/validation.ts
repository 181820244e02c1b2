import {Ajv, type ValidateFunction} from 'ajv';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import type {WireMessage} from './frames.ts';

const schema = JSON.parse(readFileSync(join(projectRoot, 'kernel', 'protocol', 'messages.schema.json'), 'utf8')) as {
  readonly $id: string;
  readonly $defs: Readonly<Record<string, object>>;
};
// Messages list their lines as tuples, and may be of two types.
const ajv = new Ajv({strictTuples: false, allowUnionTypes: true, addUsedSchema: false});
ajv.addSchema(schema);
const validators = new Map<string, ValidateFunction>();

/** What is wrong with the header of a message from a client; undefined where nothing is. */
export function headerComplaint({header}: Pick<WireMessage, 'header'>): string | undefined {
  return complaint('header', 'header', header);
}

/** What is wrong with its content. A type that has no schema is not known: that is another's to say. */
export function contentComplaint({header, content}: Pick<WireMessage, 'header' | 'content'>): string | undefined {
  const type = String(header['msg_type']);
  return complaint(`in.${type}`, type, content);
}

/** Compiled when the first message of a type comes. */
function complaint(definition: string, name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(schema.$defs, definition)) return undefined;
  let validate = validators.get(definition);
  if (!validate) validators.set(definition, (validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`)!));
  return validate(value) ? undefined : `${ajv.errorsText(validate.errors, {dataVar: name}).replaceAll('/', '.')}, got ${shorten(value)}`;
}

const shorten = (value: unknown): string => {
  const json = JSON.stringify(value);
  return json.length > 200 ? `${json.slice(0, 200)} …` : json;
};
