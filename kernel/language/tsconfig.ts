import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, isAbsolute, resolve} from 'node:path';

/** What a tsconfig.json, with all that it extends, says of where modules and types are; folders are absolute. */
export interface ModuleOptions {
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  /** Where imports that are no packages start; TypeScript 7 no longer knows it, Node's resolver here does. */
  readonly baseUrl?: string;
  readonly types?: readonly string[];
  readonly typeRoots?: readonly string[];
  /** What tags become. */
  readonly jsx?: string;
}

interface Config {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: {
    readonly paths?: Record<string, string[]>;
    readonly baseUrl?: string;
    readonly types?: string[];
    readonly typeRoots?: string[];
    readonly jsx?: string;
  };
}

/** Nothing where the file is missing or broken: the language server says what is wrong with it. */
export function moduleOptions(path: string, seen: ReadonlySet<string> = new Set()): ModuleOptions {
  const config = seen.has(path) ? undefined : read(path);
  if (!config) return {};
  const folder = dirname(path);
  const {paths, baseUrl, types, typeRoots, jsx} = config.compilerOptions ?? {};
  const bases = config.extends === undefined ? [] : [config.extends].flat();
  const inherited = bases.map(base => moduleOptions(locate(base, path), new Set([...seen, path])));
  const start = baseUrl === undefined ? folder : resolve(folder, baseUrl);
  return Object.assign(
    {},
    ...inherited,
    baseUrl === undefined ? {} : {baseUrl: start},
    types ? {types} : {},
    jsx === undefined ? {} : {jsx},
    typeRoots ? {typeRoots: typeRoots.map(root => resolve(folder, root))} : {},
    paths && {
      paths: Object.fromEntries(Object.entries(paths).map(([name, targets]) => [name, targets.map(target => resolve(start, target))])),
    },
  ) as ModuleOptions;
}

function locate(base: string, from: string): string {
  const withExtension = (path: string): string => (path.endsWith('.json') ? path : `${path}.json`);
  if (/^\.{1,2}\//.test(base) || isAbsolute(base)) return withExtension(resolve(dirname(from), base));
  for (const request of [base, withExtension(base), `${base}/tsconfig.json`])
    try {
      return createRequire(from).resolve(request);
    } catch {
      // The next way to say it.
    }
  return base;
}

function read(path: string): Config | undefined {
  try {
    return JSON.parse(withoutComments(readFileSync(path, 'utf8'))) as Config;
  } catch {
    return undefined;
  }
}

/** JSON with comments and trailing commas → JSON. */
function withoutComments(text: string): string {
  const keepStrings = (pattern: RegExp) => (all: string) => all.replace(pattern, match => (match.startsWith('"') ? match : ''));
  const plain = keepStrings(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\//g)(text.replace(/^\uFEFF/, ''));
  return keepStrings(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g)(plain);
}
