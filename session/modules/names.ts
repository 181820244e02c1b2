import {nearest} from './nearest.ts';

/** The module has no such export. */
export class ExportNotFound extends SyntaxError {
  override name = 'SyntaxError';
}

/**
 * The namespace with the names that a cell asks for. A name that starts with a capital may be a type, of which nothing is left at run time.
 * @throws ExportNotFound
 */
export function pickNames(namespace: object, specifier: string, names: readonly string[]): object {
  if (!names.length) return namespace;
  const picked: Record<string, unknown> = {};
  // Node finds the names of most CommonJS modules, not of all.
  const whole: unknown = 'default' in namespace ? namespace.default : namespace;
  for (const name of names) {
    if (name in namespace) picked[name] = Reflect.get(namespace, name);
    else if (name === 'default') picked[name] = namespace;
    else if (isObject(whole) && name in whole) picked[name] = Reflect.get(whole, name);
    else if (/^\p{Lu}/u.test(name)) picked[name] = undefined;
    else throw new ExportNotFound(`'${specifier}' has no export named '${name}'.${suggestion(name, Object.keys(namespace))}`);
  }
  return picked;
}

const isObject = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function';

function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}
