import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {CellChecker, Checking} from '../execution/executor.ts';
import type {ReplyContent} from '../protocol/messages.ts';
import type {CellModule, CellModules} from './cell-modules.ts';
import {unitsOf} from './code-points.ts';
import {completionReply, type CompletionList} from './completion.ts';
import {complaintsOf, type DiagnosticReport} from './diagnostics.ts';
import {hoverReply, type Hover} from './hover.ts';
import type {LanguageServer} from './server.ts';
import {typecheckMode} from './typecheck-mode.ts';

interface Cell {
  readonly name: string;
  readonly code: string;
}

/** How long an answer of the server is waited for: one that hangs is as good as none. */
const answerWithinMs = 10_000;
/** A check starts when no cell has started for this long: cells that are over sooner have the machine to themselves. */
const quietMs = 30;
const firstCellAloneMs = 500;

/** What the editor is told about types: completions, hovers, and what is wrong with a cell. The server starts with the first need of it. */
export class LanguageService implements CellChecker {
  private parts: Promise<{modules: CellModules; server: LanguageServer | undefined}> | undefined;
  private ended = false;
  /** Cells that nobody wanted checked, from before the server's start: it must not start for them. */
  private readonly unchecked: string[] = [];
  private lastStart = 0;
  /** Checks go one after another: they share a file. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {}

  /** Starts checking a cell beside its run. Cells that are not checked are known to later ones all the same. */
  check({name, code}: Cell, over: Promise<void>): Checking | undefined {
    const mode = typecheckMode(code);
    this.lastStart = Date.now();
    const complaints = this.turn.then(() =>
      mode === 'error' ? this.examineFirst({name, code}) : this.examineBeside({name, code}, over, mode === 'warn'),
    );
    this.turn = complaints.catch(() => {});
    return mode === 'off' ? undefined : {blocks: mode === 'error', complaints: complaints.catch(() => '')};
  }

  async complete(code: string, cursor: number): Promise<ReplyContent> {
    const units = unitsOf(code, cursor);
    const asked = await this.ask<CompletionList>('textDocument/completion', code, units);
    return completionReply({code, cursor: units, list: asked?.result ?? undefined, headerLines: asked?.headerLines ?? 0});
  }

  async inspect(code: string, cursor: number): Promise<ReplyContent> {
    const units = unitsOf(code, cursor);
    // A cursor behind the last letter still means the word.
    const behind = /[\p{ID_Continue}$]/u.test(code.slice(units, units + 1)) ? units : Math.max(0, units - 1);
    const asked = await this.ask<Hover>('textDocument/hover', code, behind);
    return hoverReply(asked?.result ?? undefined);
  }

  end(): void {
    this.ended = true;
    void this.parts?.then(({server}) => server?.end());
  }

  private async examineBeside(cell: Cell, over: Promise<void>, wanted: boolean): Promise<string> {
    if (!this.parts && !wanted) {
      this.unchecked.push(cell.code);
      return '';
    }
    // The very first cell has the machine to itself, unless it takes its time.
    if (!this.parts) await Promise.race([over, new Promise(resolve => setTimeout(resolve, firstCellAloneMs).unref())]);
    // Before the server's start above all: loading its client holds this thread up, and so the cells.
    if (wanted) await this.pause();
    const {modules, server} = await this.started();
    const complaints = wanted && server ? await this.complaints(cell, modules, server) : '';
    modules.add(cell.code);
    return complaints;
  }

  /** A cell that has complaints does not run, so that later ones must not see its names. */
  private async examineFirst(cell: Cell): Promise<string> {
    const {modules, server} = await this.started();
    const complaints = server ? await this.complaints(cell, modules, server) : '';
    if (!complaints) modules.add(cell.code);
    return complaints;
  }

  private async pause(): Promise<void> {
    for (let left = quietMs; left > 0; left = this.lastStart + quietMs - Date.now())
      await new Promise(resolve => setTimeout(resolve, left));
  }

  private async complaints({name, code}: Cell, modules: CellModules, server: LanguageServer): Promise<string> {
    const module = modules.checked(code);
    this.show(module, modules, server);
    const report = await inTime(server.request<DiagnosticReport>('textDocument/diagnostic', {textDocument: this.uri(module)}));
    return complaintsOf({name, code, headerLines: module.headerLines, report});
  }

  private async ask<Result>(
    method: string,
    code: string,
    units: number,
  ): Promise<{result: Result | undefined; headerLines: number} | undefined> {
    const {modules, server} = (await inTime(this.started())) ?? {};
    if (!modules || !server?.alive) return undefined;
    const draft = modules.written(code, units);
    this.show(draft, modules, server);
    const before = code.slice(0, units).split('\n');
    const position = {line: draft.headerLines + before.length - 1, character: before.at(-1)!.length};
    const result = await inTime(server.request<Result>(method, {textDocument: this.uri(draft), position}));
    return {result, headerLines: draft.headerLines};
  }

  /** Parser and server, loaded when they are first needed: the first cell does not wait for them. */
  private started(): NonNullable<typeof this.parts> {
    return (this.parts ??= Promise.all([import('./cell-modules.ts'), this.startServer()]).then(([{CellModules}, server]) => {
      const modules = new CellModules();
      for (const code of this.unchecked.splice(0)) modules.add(code);
      return {modules, server};
    }));
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
        `Types are not checked, completions are empty: ${error instanceof Error ? error.message : String(error)}; run "npx snapgrid doctor"`,
      );
      return undefined;
    }
  }

  private show(module: CellModule, modules: CellModules, server: LanguageServer): void {
    const {open, close} = modules.changesFor(module);
    for (const {file, text} of [...open, module]) server.change({path: join(this.folder, file), text});
    for (const file of close) server.close(join(this.folder, file));
  }

  private uri({file}: CellModule): {uri: string} {
    return {uri: pathToFileURL(join(this.folder, file)).href};
  }
}

function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<undefined>(resolve => (timer = setTimeout(() => resolve(undefined), answerWithinMs)));
  return Promise.race([answer, deadline]).finally(() => clearTimeout(timer));
}
