import {existsSync, readFileSync} from 'node:fs';
import {dirname, join, relative, sep} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import {moduleFile} from './cell-modules.ts';
import {type ModuleOptions, moduleOptions} from './tsconfig.ts';

/** Files that exist for the language server only. */
export type VirtualFile = {readonly path: string; readonly text: string};

const originalConfig = 'tsconfig.snapgrid-original.json';

/**
 * The project that cells belong to: the folder's own tsconfig.json where there is one (here or above), with what cells need laid over it.
 * It stands, for the server alone, where the folder's tsconfig.json stands.
 */
export function virtualProject(folder: string): readonly VirtualFile[] {
  const found = findUp(folder, 'tsconfig.json');
  // snapgrid's own is about its sources, not about notebooks.
  const own = found === join(projectRoot, 'tsconfig.json') ? undefined : found;
  const config = join(folder, 'tsconfig.json');
  const options = own ? moduleOptions(own) : {};
  const needed = {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'esnext',
    noEmit: true,
    allowImportingTsExtensions: true,
    // What cells do all the time: import and declare for later.
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
    isolatedModules: false,
    isolatedDeclarations: false,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    skipLibCheck: true,
    ...(options.jsx === undefined ? {jsx: 'preserve'} : {}),
    ...paths(folder, options),
    ...(own ? types(folder, options) : {}),
  };
  const globals = {path: join(folder, globalsFile), text: globalsText};
  const include = [
    moduleFile('*'),
    moduleFile('*', true),
    globalsFile,
    slashes(join(projectRoot, 'dist', 'session', 'asking', 'declared.d.ts')),
  ];
  if (!own) return [globals, {path: config, text: JSON.stringify({compilerOptions: {...defaults, ...needed}, include})}];
  const inFolder = own === config;
  const text = JSON.stringify({
    extends: inFolder ? `./${originalConfig}` : slashes(relative(folder, own)),
    compilerOptions: needed,
    include,
    exclude: [],
  });
  return [globals, ...(inFolder ? [{path: join(folder, originalConfig), text: readFileSync(own, 'utf8')}] : []), {path: config, text}];
}

const globalsFile = 'snapgrid-globals.d.ts';
/** What every cell has without an import, as session/modules/globals.ts and session/asking/globals.ts define it. */
const globalsText = `import type * as shown from 'snapgrid/display';
declare global {
  /**
   * Shows a value, or a MIME bundle, below the cell: \`const shown = display('one'); shown.update('two')\`.
   * More to show (html, image, table, progress, liveCurves …) is in 'snapgrid/display'.
   */
  const display: typeof shown.display;
  /** The tensors that are alive, by cell and by name: what the notebook holds, and what it has lost and can dispose no more. */
  const tensors: typeof shown.tensors;
  /** Asks the person at the front end for a line of text: \`const name = await input('Who are you? ')\`. */
  function input(prompt?: string): Promise<string>;
  /** Like \`input\`, but what is typed is not shown. */
  function password(prompt?: string): Promise<string>;
  /** Shows text, or a bundle of MIME types (with text/plain), in the front end's pager once the cell is done. */
  function page(shown: string | shown.MimeBundle): void;
  /** Puts code into a new cell below, or, with \`replace\`, in the place of this one. */
  function setNextInput(code: string, options?: {readonly replace?: boolean}): void;
}
`;

/** A notebook's own strictness: wrong types are said, missing ones are not. */
const defaults = {
  strict: true,
  // Not the browser's: `name`, `event` and a hundred more would be known that are not there.
  lib: ['esnext'],
  types: ['node'],
  typeRoots: [join(projectRoot, 'node_modules', '@types')],
  resolveJsonModule: true,
};

const packages = join(projectRoot, 'node_modules');

/** Node's own types, whatever else the folder's tsconfig.json asks for: cells run in Node. */
function types(folder: string, {types: own = [], typeRoots}: ModuleOptions): object {
  const roots = typeRoots ?? above(folder).map(parent => join(parent, 'node_modules', '@types'));
  return {
    types: [...new Set([...own, 'node'])],
    typeRoots: [...new Set([...roots.filter(existsSync), join(packages, '@types')])].map(slashes),
  };
}

/**
 * The folder's own `paths` and `baseUrl`, then snapgrid's modules and packages, for folders that do not have them. Inside the project those
 * are found as everywhere.
 */
function paths(folder: string, {paths: own = {}, baseUrl}: ModuleOptions): {paths?: Record<string, readonly string[]>} {
  const inside = !relative(projectRoot, folder).startsWith('..');
  if (inside && baseUrl === undefined) return {};
  const installed = above(folder).map(parent => join(parent, 'node_modules'));
  const anywhere = [...(baseUrl === undefined ? [] : [baseUrl]), ...installed.filter(existsSync), packages, join(packages, '@types')];
  return {
    paths: {
      ...own,
      ...(inside ? {} : ownModules()),
      '*': [...(own['*'] ?? []), ...anywhere.map(path => slashes(join(path, '*')))],
    },
  };
}

/** What `exports` in our package.json says, as the declarations that lie beside the compiled code. */
function ownModules(): Record<string, string[]> {
  const {exports} = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {exports: Record<string, string>};
  const entries = Object.entries(exports).filter(([, target]) => target.endsWith('.js'));
  // Of two patterns with the same beginning the first counts: the longer one must.
  entries.sort(([a], [b]) => b.length - a.length);
  return Object.fromEntries(
    entries.map(([specifier, target]) => [
      specifier.replace('.', 'snapgrid'),
      [slashes(join(projectRoot, target.replace(/\.js$/, '.d.ts')))],
    ]),
  );
}

function findUp(folder: string, name: string): string | undefined {
  return above(folder)
    .map(parent => join(parent, name))
    .find(path => existsSync(path));
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

const slashes = (path: string): string => path.split(sep).join('/');
