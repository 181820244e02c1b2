import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {runtime} from '../evaluate/runtime.ts';

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Modules made up for local files: the tensors' backend under its packages' names, and inert ones. */
export class Shims {
  readonly held = new Map<string, object>();
  private readonly written = new Set<string>();

  constructor(private readonly temporary: string) {}

  /** Each of the namespace's names as an export; the session holds the namespace under `key`. */
  heldUrl(key: string, namespace: object): string {
    this.held.set(key, namespace);
    const names = Object.keys(namespace).filter(name => name !== 'default' && identifier.test(name));
    const code = `const held = globalThis.${runtime}.held(${JSON.stringify(key)});\nexport default held;\n`;
    return this.url(key, code + exported(names, name => `held[${JSON.stringify(name)}]`));
  }

  /** Does nothing, whatever is called: in grading, a notebook's own checks do not count. */
  inertUrl(names: readonly string[]): string {
    const sorted = [...names].filter(name => name !== 'default' && identifier.test(name)).sort();
    return this.url(
      `inert-${sorted.join('-')}`,
      `const inert = async () => {};\nexport default inert;\n${exported(sorted, () => 'inert')}`,
    );
  }

  private url(name: string, code: string): string {
    const file = join(this.temporary, `${name}.mjs`);
    if (!this.written.has(file)) {
      mkdirSync(this.temporary, {recursive: true, mode: 0o700});
      writeFileSync(file, code);
      this.written.add(file);
    }
    return pathToFileURL(file).href;
  }
}

const exported = (names: readonly string[], value: (name: string) => string): string =>
  names.map((name, i) => `const v${i} = ${value(name)};\nexport {v${i} as ${name}};\n`).join('');

/** What a cell gets for an inert specifier: any name is a function that does nothing. */
export const inertNamespace: object = new Proxy(Object.create(null) as object, {
  // A namespace with a `then` would be taken for a promise.
  get: (_target, name) => (name === 'then' || typeof name === 'symbol' ? undefined : async () => {}),
  has: (_target, name) => typeof name === 'string' && name !== 'then',
});
