import type Ts from '@tslab/typescript-for-tslab';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import type {TransformOptions} from 'oxc-transform';

/** The TypeScript that comes with tslab, which has functions to call: TypeScript 7 has none. */
export function loadTypeScript(): typeof Ts {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('tslab/package.json'))('@tslab/typescript-for-tslab') as typeof Ts;
}

/** What the folder's tsconfig.json, or one above it, with all that it extends, says of decorators and of tags. */
function compilerOptions(folder: string): Ts.CompilerOptions {
  let at = folder;
  while (!existsSync(join(at, 'tsconfig.json'))) {
    if (dirname(at) === at) return {}; // nothing is loaded to find nothing
    at = dirname(at);
  }
  const ts = loadTypeScript();
  const read = ts.readConfigFile(join(at, 'tsconfig.json'), ts.sys.readFile) as {config?: unknown};
  const host = {...ts.sys, readDirectory: () => []};
  return ts.parseJsonConfigFileContent(read.config ?? {}, host, at).options;
}

/** Decorators of the kind that came before those of ECMAScript, where the folder asks for them: with types, and of parameters, too. */
export function decoratorOptions(folder: string): TransformOptions {
  const {experimentalDecorators: legacy, emitDecoratorMetadata, strictNullChecks, strict} = compilerOptions(folder);
  if (!legacy) return {};
  return {
    decorator: {legacy, emitDecoratorMetadata: emitDecoratorMetadata ?? false, strictNullChecks: strictNullChecks ?? strict ?? false},
  };
}

const classicJsx = 2;

/** What tags become: calls of React's, or of what the folder or a pragma (`@jsxImportSource preact`, `@jsx h`) names. */
export function jsxOptions(source: string, folder: string): TransformOptions {
  const {jsx, jsxImportSource, jsxFactory, jsxFragmentFactory} = compilerOptions(folder);
  const classic = /@jsx\s/.test(source) || (jsx === classicJsx && !/@jsxImportSource\s/.test(source));
  if (!classic) return {jsx: {runtime: 'automatic', ...(jsxImportSource ? {importSource: jsxImportSource} : {})}};
  return {
    jsx: {
      runtime: 'classic',
      ...(jsxFactory ? {pragma: jsxFactory} : {}),
      ...(jsxFragmentFactory ? {pragmaFrag: jsxFragmentFactory} : {}),
    },
  };
}
