import {existsSync, readFileSync} from 'node:fs';
import type {Debugger} from 'node:inspector';
import {fileURLToPath} from 'node:url';
import {type DebugSource, insertedMarks} from '../../session/wire/debug.ts';
import type {Cdp} from './cdp.ts';
import {cellKey, cellPath} from './cell-files.ts';
import {Positions} from './positions.ts';

/** Code of the learner's that the session has compiled. */
export interface Script {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly positions: Positions;
}

/** The session's own functions for the debugger. */
const session = '__snapgrid__.debugging';

/** Every cell and local file that the session has compiled, as it was typed. */
export class Scripts {
  private readonly urls = new Map<string, string>();
  private readonly known = new Map<string, Promise<Script | undefined>>();

  constructor(private readonly cdp: Cdp) {}

  /** The session compiled something. */
  add(id: string, url: string): void {
    this.urls.set(id, url);
  }

  /** Whether this may be code of the learner's. */
  has(id: string): boolean {
    return this.urls.has(id);
  }

  /** What runs under this id; nothing where that is no code of the learner's. */
  find(id: string): Promise<Script | undefined> {
    return this.load([id]).then(([script]) => script);
  }

  /** Whether what stands at this place was typed by nobody, though its line was. Its first character stands for what it is put before. */
  async isInserted({scriptId, lineNumber, columnNumber = 0}: Debugger.Location): Promise<boolean> {
    const {scriptSource} = await this.cdp.post<{scriptSource: string}>('Debugger.getScriptSource', {scriptId});
    const before = (scriptSource.split('\n')[lineNumber] ?? '').slice(0, columnNumber);
    const [start, end] = insertedMarks;
    const from = before.lastIndexOf(start);
    return from > before.lastIndexOf(end) && before.length > from + start.length;
  }

  /** All that was compiled from the file at `path`, or from the cell that has this path. */
  async at(path: string): Promise<readonly Script[]> {
    const key = cellKey(path);
    // A cell's URL may tell already that it is another one.
    const ids = [...this.urls].filter(([, url]) => {
      const told = /^snapgrid:cell-\d+\/(.+)$/.exec(url)?.[1];
      return key === undefined ? url.startsWith('file:') : url.startsWith('snapgrid:') && (told === undefined || told === key);
    });
    const scripts = await this.load(ids.map(([id]) => id));
    return scripts.filter(script => script?.path === path) as Script[];
  }

  /** The learner's own files, the newest compilation of each. */
  async files(): Promise<readonly Script[]> {
    const scripts = await this.load([...this.urls].filter(([, url]) => url.startsWith('file:')).map(([id]) => id));
    return [...new Map(scripts.flatMap(script => (script ? [[script.path, script]] : []))).values()];
  }

  /** Where a cell that has not run yet will run its lines; nothing where it is no TypeScript. */
  async positionsOf(code: string): Promise<Positions | undefined> {
    const mappings = await this.call<string[] | null>(`${session}.mappings(${JSON.stringify(code)})`);
    return mappings ? new Positions(mappings, code) : undefined;
  }

  /** An expression's JavaScript. */
  expression(code: string): Promise<string> {
    return this.call<string>(`${session}.expression(${JSON.stringify(code)})`);
  }

  /** Files that are about to be compiled under these URLs. */
  async atUrls(urls: readonly string[]): Promise<readonly Script[]> {
    const sources = await this.call<(DebugSource | null)[]>(`${session}.sources(${JSON.stringify(urls)})`);
    return sources.flatMap((source, i) => (source && describeScript('', urls[i]!, source)) ?? []);
  }

  /** From now on the session announces imports of local files, and waits with them until it is told `letOn`. */
  async holdImports(): Promise<void> {
    const name = '__snapgridImports__';
    await this.cdp.post('Runtime.addBinding', {name});
    await this.call(`${session}.holdImports(globalThis.${name}), delete globalThis.${name}`);
  }

  releaseImports(): Promise<void> {
    return this.call(`${session}.holdImports()`);
  }

  letOn(waiting: string): Promise<void> {
    return this.call(`${session}.letOn(${JSON.stringify(waiting)})`);
  }

  private load(ids: readonly string[]): Promise<(Script | undefined)[]> {
    const fresh = ids.filter(id => !this.known.has(id) && this.urls.has(id));
    if (fresh.length) {
      const urls = fresh.map(id => this.urls.get(id)!);
      const sources = this.call<(DebugSource | null)[]>(`${session}.sources(${JSON.stringify(urls)})`);
      for (const [i, id] of fresh.entries()) {
        const script = sources.then(all => describeScript(id, urls[i]!, all[i]));
        script.catch(() => this.known.delete(id));
        this.known.set(id, script);
      }
    }
    return Promise.all(ids.map(id => this.known.get(id)));
  }

  private async call<Value>(expression: string): Promise<Value> {
    const {result} = await this.cdp.post<{result: {value: Value}}>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      silent: true,
      disableBreaks: true,
    });
    return result.value;
  }
}

function describeScript(id: string, url: string, source: DebugSource | null | undefined): Script | undefined {
  if (source) {
    const {name, text, file = cellPath(text), mappings} = source;
    let positions: Positions | undefined;
    return {
      id,
      url,
      name,
      path: file,
      text,
      get positions() {
        return (positions ??= new Positions(mappings, text));
      },
    };
  }
  // CommonJS runs from its own place, as it was typed.
  if (!url.startsWith('file:')) return undefined;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return {id, url, name: path, path, text, positions: new Positions([], text)};
}
