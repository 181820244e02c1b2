import MagicString from 'magic-string';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, extname, join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {type EcmaScriptModule, parseSync} from 'oxc-parser';
import {CellSyntaxError} from '../evaluate/errors.ts';
import {runtime} from '../evaluate/runtime.ts';
import {interruptCount} from '../life/whole.ts';
import {followCode} from '../evaluate/follow.ts';
import {addSource, type LineMap} from '../evaluate/sources.ts';
import {addFrame} from '../evaluate/stacks.ts';
import {compile, refuse, throughMaps} from '../evaluate/compile.ts';
import {beforeImport} from '../evaluate/debugging.ts';
import {lower} from '../evaluate/lower.ts';
import {importCopy} from './load.ts';

/** A static import of a local file: its specifier's place in the JavaScript and the names it asks for. */
export interface StaticImport {
  readonly specifier: string;
  readonly names: readonly string[];
}

/** What a specifier in a local file becomes: a URL that Node loads, or another local file. */
export type Linked = {readonly url: string} | {readonly path: string};
export type Link = (request: StaticImport, importer: string) => Promise<Linked>;

interface Parsed {
  readonly source: string;
  readonly hash: string;
  readonly code: string;
  readonly maps: readonly LineMap[];
  readonly module: EcmaScriptModule;
}

interface Node {
  readonly parsed: Parsed;
  readonly links: ReadonlyMap<string, Linked>;
}

const {cache} = createRequire(import.meta.url);

/**
 * The learner's own files. Each is compiled to a copy whose name holds a hash of its text and of all that it imports:
 * so the next import sees an edit, of the file or of what it imports, while an unedited file stays the same module.
 */
export class LocalModules {
  private readonly parsed = new Map<string, Parsed>();
  /** Files whose loading has not ended, with the interrupts that there had been. */
  private readonly pending = new Set<{readonly files: readonly string[]; readonly interrupts: number}>();
  /** How often loading a file was cut off. */
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly temporary: string,
    private readonly folder: string,
    private readonly link: Link,
  ) {}

  /** Loads the file as it is now. */
  async load(path: string): Promise<object> {
    if (!isModule(path)) return importCopy(this.commonJsUrl(path));
    this.abandonInterrupted();
    const graph = new Map<string, Node>();
    await this.collect(path, graph);
    for (const [each, node] of graph) this.write(each, node, graph);
    const pending = {files: [...graph.keys()], interrupts: interruptCount()};
    this.pending.add(pending);
    try {
      const held = beforeImport(() => [...graph.keys()].map(each => this.copyUrl(each, graph)));
      if (held) await held;
      return await importCopy(this.copyUrl(path, graph));
    } finally {
      this.pending.delete(pending);
    }
  }

  /** What was being loaded at an interrupt may never be: the next import takes new copies. */
  private abandonInterrupted(): void {
    for (const pending of this.pending) {
      if (pending.interrupts === interruptCount()) continue;
      this.pending.delete(pending);
      for (const file of pending.files) this.attempts.set(file, (this.attempts.get(file) ?? 0) + 1);
    }
  }

  /** What people call the file: its path from the notebook's folder. */
  nameOf(path: string): string {
    const from = relative(this.folder, path);
    return from.startsWith('..') ? path : from;
  }

  private async collect(path: string, graph: Map<string, Node>): Promise<void> {
    if (graph.has(path)) return;
    const parsed = this.parse(path);
    const links = new Map<string, Linked>();
    graph.set(path, {parsed, links});
    for (const request of requests(parsed.module)) {
      const linked = await this.linked(request, path, parsed);
      if ('url' in linked || isModule(linked.path)) links.set(request.specifier, linked);
      else links.set(request.specifier, {url: this.commonJsUrl(linked.path)});
      if ('path' in linked && isModule(linked.path)) await this.collect(linked.path, graph);
    }
  }

  /** Errors name the import that leads nowhere. */
  private async linked(request: StaticImport, path: string, {code, source: text, maps, module}: Parsed): Promise<Linked> {
    try {
      return await this.link(request, path);
    } catch (error) {
      const spans = [...module.staticImports, ...module.staticExports.flatMap(e => e.entries)].map(each => each.moduleRequest);
      const before = code.slice(0, spans.find(span => span?.value === request.specifier)?.start ?? 0).split('\n');
      const position = throughMaps(() => maps);
      const place = position(before.length, before.at(-1)!.length + 1);
      if (error instanceof Error && place)
        addFrame(error, {what: '', source: {name: this.nameOf(path), text, maps: () => maps, position}, ...place});
      throw error;
    }
  }

  private parse(path: string): Parsed {
    const source = readFileSync(path, 'utf8');
    const hash = sha(source);
    const known = this.parsed.get(path);
    if (known?.hash === hash) return known;
    const name = this.nameOf(path);
    const {code, maps} = path.endsWith('.json')
      ? {code: jsonModule(source, name), maps: []}
      : lower(compile(source, path, name, dirname(path)));
    const {module, errors} = parseSync('copy.mjs', code, {sourceType: 'module'});
    refuse(errors, code, name);
    const parsed = {source, hash, code, maps, module};
    this.parsed.set(path, parsed);
    return parsed;
  }

  private write(path: string, {parsed, links}: Node, graph: ReadonlyMap<string, Node>): void {
    const file = this.copyPath(path, graph);
    if (existsSync(file)) return;
    const out = new MagicString(parsed.code);
    const {staticImports, staticExports, dynamicImports, importMetas} = parsed.module;
    const spans = [...staticImports, ...staticExports.flatMap(e => e.entries)].flatMap(i => (i.moduleRequest ? [i.moduleRequest] : []));
    for (const {value, start, end} of new Map(spans.map(s => [s.start, s])).values()) {
      const linked = links.get(value)!;
      out.overwrite(start, end, JSON.stringify('url' in linked ? linked.url : this.copyUrl(linked.path, graph)));
    }
    if (!path.endsWith('.json')) followCode(parseSync('copy.mjs', parsed.code, {sourceType: 'module'}).program, out, {isCell: false});
    const importer = JSON.stringify(path);
    for (const {start} of dynamicImports) out.update(start, start + 'import'.length, `globalThis.${runtime}.dynamicFrom(${importer})`);
    for (const {start, end} of importMetas) out.update(start, end, `globalThis.${runtime}.metaOf(${importer})`);
    mkdirSync(this.temporary, {recursive: true, mode: 0o700});
    writeFileSync(file, out.toString());
    const maps = (): LineMap[] => (parsed.maps.length ? [out.generateMap({hires: 'boundary'}), ...parsed.maps] : []);
    addSource(pathToFileURL(file).href, {name: this.nameOf(path), text: parsed.source, file: path, maps, position: throughMaps(maps)});
  }

  private copyUrl(path: string, graph: ReadonlyMap<string, Node>): string {
    return pathToFileURL(this.copyPath(path, graph)).href;
  }

  private copyPath(path: string, graph: ReadonlyMap<string, Node>): string {
    const parts = [...reachable(path, graph)].sort().map(each => {
      const {parsed, links} = graph.get(each)!;
      return [each, parsed.hash, this.attempts.get(each) ?? 0, ...[...links.values()].map(l => ('url' in l ? l.url : ''))];
    });
    const stem = basename(path, extname(path)).replace(/[^\w-]/g, '_');
    return join(this.temporary, `${stem}-${sha(JSON.stringify([path, parts]))}.mjs`);
  }

  /** CommonJS is loaded from its own place, anew when its text has changed. */
  private commonJsUrl(path: string): string {
    const hash = sha(readFileSync(path, 'utf8'));
    if (this.commonJs.get(path) !== hash) delete cache[path];
    this.commonJs.set(path, hash);
    return `${pathToFileURL(path).href}?${hash}`;
  }

  private readonly commonJs = new Map<string, string>();
}

/** A file and all that it imports. In a cycle that is the same for every member, so a cycle needs no order. */
function reachable(path: string, graph: ReadonlyMap<string, Node>, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const linked of graph.get(path)?.links.values() ?? []) if ('path' in linked) reachable(linked.path, graph, found);
  return found;
}

function requests({staticImports, staticExports}: EcmaScriptModule): StaticImport[] {
  const names = new Map<string, string[]>();
  const add = (specifier: string, name: string | null): void => {
    const known = names.get(specifier) ?? [];
    names.set(specifier, name === null ? known : [...known, name]);
  };
  for (const {moduleRequest, entries} of staticImports) {
    add(moduleRequest.value, null);
    for (const {importName} of entries) add(moduleRequest.value, importName.kind === 'Default' ? 'default' : (importName.name ?? null));
  }
  for (const {entries} of staticExports)
    for (const {moduleRequest, importName} of entries) if (moduleRequest) add(moduleRequest.value, importName.name ?? null);
  return [...names].map(([specifier, all]) => ({specifier, names: [...new Set(all)]}));
}

/** @throws CellSyntaxError that names the file */
function jsonModule(source: string, name: string): string {
  const text = source.replace(/^\uFEFF/, '');
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `Expected JSON in ${name}: ${error instanceof Error ? error.message : String(error)}`;
    throw new CellSyntaxError({name: 'SyntaxError', message, traceback: [`SyntaxError: ${message}`]});
  }
  return `export default JSON.parse(${JSON.stringify(text)})`;
}

/** Whether the file is an ECMAScript module (TypeScript always is) or JSON, which becomes one. */
function isModule(path: string): boolean {
  const extension = extname(path);
  if (/^\.(ts|mts|cts|tsx|jsx|mjs|json)$/.test(extension)) return true;
  if (extension !== '.js') return false;
  const type = packageType(dirname(path));
  if (type) return type === 'module';
  return parseSync(path, readFileSync(path, 'utf8')).module.hasModuleSyntax;
}

function packageType(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as {type?: string}).type;
    if (dirname(at) === at) return undefined;
  }
}

const sha = (text: string): string => createHash('sha1').update(text).digest('hex').slice(0, 16);
