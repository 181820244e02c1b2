import {basename, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import type {CellChecker, Checking, CheckRequest} from '../execution/executor.ts';
import type {ReplyContent} from '../protocol/messages.ts';
import type {CellModule, CellModules} from './cell-modules.ts';
import {unitsOf} from './code-points.ts';
import {type AskedServer, Completer} from './completer.ts';
import {complaintsOf, type DiagnosticReport} from './diagnostics.ts';
import {inspectReply, type LiveTensors} from './inspection.ts';
import type {LanguageServer} from './server.ts';
import {Pace} from './pace.ts';
import {TypecheckSetting} from './typecheck-mode.ts';
import {inTime} from './in-time.ts';

interface Cell {
  readonly name: string;
  readonly code: string;
}

/** How a cell is to be checked. */
interface Wish {
  /** Tells the end of its run. */
  readonly over: Promise<void>;
  readonly wanted: boolean;
  /** Not only when cells are quiet. */
  readonly atOnce: boolean;
}

const firstCellAloneMs = 500;
/** A kernel that nobody uses yet starts its server all the same: the first completion is not to wait for it. */
const startWithinMs = 1000;
/** So long after the last check nobody is in a hurry. */
const restMs = 100;
/** How long a cell's end waits for the verdict where the server is warm and nothing else runs; it takes a few milliseconds. */
const holdMs = 150;
/** Behind more checks than these, a verdict would come too late. */
const fewUnfinished = 10;
/** The same for clients that show nothing that comes after the end. */
const batchHoldMs = 10_000;

/** What the editor is told about types: completions, inspection, and what is wrong with a cell. */
export class LanguageService implements CellChecker {
  private server: Promise<LanguageServer | undefined> | undefined;
  private modules: Promise<CellModules> | undefined;
  private registered: Promise<unknown> = Promise.resolve();
  private ended = false;
  /** Whether the server has answered once: until then it reads declarations. */
  private warm = false;
  private readonly setting = new TypecheckSetting();
  /** Cells that nobody wanted checked, from before the server's start: it must not start for them. */
  private readonly unchecked: Cell[] = [];
  private readonly pace = new Pace();
  private unfinished = 0;
  /** Of clients, not answered yet. */
  private questions = 0;
  private rest: NodeJS.Timeout | undefined;
  /** The last question about a cell that is being written. */
  private asked: AskedServer | undefined;
  private readonly completer = new Completer({
    ask: (code, units) => this.ask(code, units),
    isShown: asked => asked === this.asked,
    names: async () => (await this.modules)?.names ?? [],
  });
  /** Checks go one after another: they share a file. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {
    setTimeout(() => {
      if (!this.pace.begun && !this.ended && this.setting.of('').mode !== 'off') void this.started();
    }, startWithinMs).unref();
  }

  /** Starts checking a cell beside its run. Cells that are not checked are known to later ones all the same. */
  check({name, code, over, batch}: CheckRequest): Checking | undefined {
    const {mode, fault} = this.setting.of(code);
    const rested = this.pace.begin(over);
    const held = batch ? batchHoldMs : rested && this.warm && this.unfinished <= fewUnfinished ? holdMs : 0;
    this.forgetLists();
    const cell = {name, code};
    const wish = {over, wanted: mode === 'warn', atOnce: held > 0};
    const registered = mode === 'error' ? undefined : this.register(cell, wish);
    const examined = this.turn.then(() => (registered ? this.examineBeside(cell, registered, wish) : this.examineFirst(cell)));
    this.turn = examined.catch(() => {});
    this.unfinished++;
    if (held) void this.pace.hurried(this.turn);
    void this.turn.then(() => {
      this.unfinished--;
      this.restSoon();
    });
    const complaints = examined.then(
      said => fault + said,
      () => fault,
    );
    if (mode === 'off' && !fault) return undefined;
    return {blocks: mode === 'error', complaints, holdMs: held};
  }

  complete(code: string, cursor: number): Promise<ReplyContent> {
    return this.questioned(this.completer.complete(code, unitsOf(code, cursor)));
  }

  /** @param live what tensors the session holds under a name now */
  inspect(code: string, cursor: number, detailLevel = 0, live: LiveTensors = async () => undefined): Promise<ReplyContent> {
    return this.questioned(this.inspected(code, unitsOf(code, cursor), detailLevel, live));
  }

  private async inspected(code: string, units: number, detailLevel: number, live: LiveTensors): Promise<ReplyContent> {
    const asked = await this.ask(code, units);
    return asked ? inspectReply(asked, detailLevel, live) : {status: 'ok', found: false, data: {}, metadata: {}};
  }

  /** A question of several steps: the server is not shown another cell meanwhile. */
  private async questioned<T>(answer: Promise<T>): Promise<T> {
    this.questions++;
    try {
      return await answer;
    } finally {
      this.questions--;
      this.restSoon();
    }
  }

  private restSoon(): void {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => void this.getReady(), restMs).unref();
  }

  end(): void {
    this.ended = true;
    void this.server?.then(server => server?.end());
  }

  /** Makes the cell's names known, in the order of the cells, whenever their types are checked. */
  private register(cell: Cell, {over, wanted, atOnce}: Wish): Promise<CellModule | undefined> {
    const registered = this.registered.then(async () => {
      if (!this.server && !wanted) {
        this.unchecked.push(cell);
        return undefined;
      }
      // The very first cell has the machine to itself, unless it takes its time.
      if (!this.server && !atOnce) await Promise.race([over, new Promise(resolve => setTimeout(resolve, firstCellAloneMs).unref())]);
      void this.started();
      const modules = await this.parsed();
      if (!atOnce) await this.pace.pause();
      if (wanted) return modules.checkedAndAdded(cell);
      modules.add(cell);
      return undefined;
    });
    this.registered = registered;
    return registered;
  }

  private async examineBeside(cell: Cell, registered: Promise<CellModule | undefined>, {atOnce}: Wish): Promise<string> {
    const module = await registered;
    if (!module) return '';
    const [modules, server] = await Promise.all([this.parsed(), this.started()]);
    if (!atOnce) await this.pace.pause();
    return server ? this.complaints(cell, module, modules, server) : '';
  }

  /** A cell that has complaints does not run, so that later ones must not see its names. */
  private async examineFirst(cell: Cell): Promise<string> {
    const [modules, server] = await Promise.all([this.parsed(), this.started()]);
    const complaints = server ? await this.complaints(cell, modules.checked(cell.code), modules, server) : '';
    if (!complaints) modules.add(cell);
    this.forgetLists();
    return complaints.replaceAll(/^Type warning,/gm, 'Type error,');
  }

  private async complaints({name, code}: Cell, module: CellModule, modules: CellModules, server: LanguageServer): Promise<string> {
    this.show(module, modules, server);
    modules.forget(module);
    const report = await inTime(server.request<DiagnosticReport>('textDocument/diagnostic', {textDocument: this.uri(module)}));
    this.warm ||= report !== undefined;
    return complaintsOf({name, code, headerLines: module.headerLines, report});
  }

  /** Shows the server what the last cells declared, while nobody waits: else the first question about it would take that time. */
  private async getReady(): Promise<void> {
    const server = await this.server;
    const modules = await this.modules;
    if (this.isWaitedFor || !server?.alive) return;
    const latest = modules?.latest();
    if (!latest) return;
    const asked = this.about(latest.module, '', 0, modules!, server);
    await this.completer.getReady(asked, latest, () => asked === this.asked && !this.isWaitedFor);
  }

  private get isWaitedFor(): boolean {
    return this.pace.isHurried || this.unfinished > 0 || this.questions > 0;
  }

  /** Another cell has a part in what there is. */
  private forgetLists(): void {
    this.asked = undefined;
    this.completer.forget();
  }

  /** Shows the server a cell that is being written, to be asked about its cursor. */
  private async ask(code: string, units: number): Promise<AskedServer | undefined> {
    const [modules, server] = await this.pace.hurried(Promise.all([this.parsed(), inTime(this.started()), inTime(this.registered)]));
    if (!server?.alive) return undefined;
    return this.about(modules.written(code, units), code, units, modules, server);
  }

  private about(module: CellModule, code: string, units: number, modules: CellModules, server: LanguageServer): AskedServer {
    this.completer.leaveWord();
    this.show(module, modules, server);
    const textDocument = this.uri(module);
    const request = <Result>(method: string, params: object): Promise<Result | undefined> => inTime(server.request<Result>(method, params));
    const {headerLines, origins} = module;
    const at = <Result>(method: string, position = positionOf(code, units, headerLines)): Promise<Result | undefined> =>
      request<Result>(method, {textDocument, position});
    return (this.asked = {
      module,
      code,
      cursor: units,
      headerLines,
      origins,
      at,
      request,
      instead: other => this.ask(other, other.length),
      placeOf: uri => this.placeOf(uri, modules),
    });
  }

  /** The parser, loaded when a cell's names are first wanted: the first cell does not wait for it. */
  private parsed(): Promise<CellModules> {
    return (this.modules ??= import('./cell-modules.ts').then(({CellModules}) => {
      const modules = new CellModules();
      for (const cell of this.unchecked.splice(0)) modules.add(cell);
      return modules;
    }));
  }

  /** The server, which takes longer than a cell. */
  private started(): Promise<LanguageServer | undefined> {
    return (this.server ??= this.startServer().then(server => {
      if (server) void this.warmUp(server);
      return server;
    }));
  }

  /** The first answer takes a hundred times as long as the next ones. */
  private async warmUp(server: LanguageServer): Promise<void> {
    const modules = await this.parsed();
    const draft = modules.written('', 0);
    this.show(draft, modules, server);
    await server.request('textDocument/completion', {textDocument: this.uri(draft), position: {line: 0, character: 0}});
  }

  private async startServer(): Promise<LanguageServer | undefined> {
    try {
      const [{startLanguageServer}, {virtualProject}] = await Promise.all([import('./server.ts'), import('./project.ts')]);
      const server = await startLanguageServer(this.folder);
      for (const file of virtualProject(this.folder)) server.change(file);
      if (this.ended) server.end();
      return server;
    } catch (error) {
      console.error(
        `Types are not checked, completions know only names: ${error instanceof Error ? error.message : String(error)}; run "npx snapgrid doctor"`,
      );
      return undefined;
    }
  }

  private show(module: CellModule, modules: CellModules, server: LanguageServer): void {
    const {open, close} = modules.changesFor(module);
    for (const {file, text} of [...open, module]) server.change({path: join(this.folder, file), text});
    for (const file of close) server.close(join(this.folder, file));
  }

  private uri({file}: {readonly file: string}): {uri: string} {
    return {uri: pathToFileURL(join(this.folder, file)).href};
  }

  private placeOf(
    uri: string,
    modules: CellModules,
  ): {readonly name: string; readonly path?: string; readonly code?: string; readonly headerLines: number} {
    const path = fileURLToPath(uri);
    const known = modules.cellOf(basename(path));
    return known ? {name: known.cell.name, code: known.cell.code, headerLines: known.headerLines} : {name: path, path, headerLines: 0};
  }
}

function positionOf(code: string, units: number, headerLines: number): {line: number; character: number} {
  const before = code.slice(0, units).split('\n');
  return {line: headerLines + before.length - 1, character: before.at(-1)!.length};
}
