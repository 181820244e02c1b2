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

/** How long a completion waits for the server, so that a broken one is only a slow one. */
const answerWithinMs = 10_000;

/** What the editor is told about types: completions, hovers, and what is wrong with a cell. The server starts with the first need of it. */
export class LanguageService implements CellChecker {
  private parts: Promise<{modules: CellModules; server: LanguageServer | undefined}> | undefined;
  private ended = false;

  constructor(private readonly folder: string) {}

  /** Starts checking a cell beside its run. Cells that are not checked are known to later ones all the same. */
  check({name, code}: Cell, over: Promise<void>): Checking | undefined {
    const mode = typecheckMode(code);
    const complaints = mode === 'error' ? this.examineFirst({name, code}) : this.examineBeside({name, code}, over, mode === 'warn');
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
    // The very first cell has the machine to itself: the server starts after it.
    if (!this.parts) await over;
    const {modules, server} = await this.started();
    const {opened, closed} = modules.add(cell.code);
    if (!server) return '';
    server.change(this.virtual(opened));
    for (const file of closed) server.close(join(this.folder, file));
    return wanted ? this.complaints(cell, opened, server) : '';
  }

  /** A cell that has complaints does not run, so that later ones must not see its names. */
  private async examineFirst(cell: Cell): Promise<string> {
    const {modules, server} = await this.started();
    if (!server) return '';
    const draft = modules.draft(cell.code);
    server.change(this.virtual(draft));
    const complaints = await this.complaints(cell, draft, server);
    if (!complaints) server.change(this.virtual(modules.add(cell.code).opened));
    return complaints;
  }

  private async complaints({name, code}: Cell, module: CellModule, server: LanguageServer): Promise<string> {
    const report = await server.request<DiagnosticReport>('textDocument/diagnostic', {textDocument: this.uri(module)});
    return complaintsOf({name, code, headerLines: module.headerLines, report});
  }

  private async ask<Result>(method: string, code: string, units: number): Promise<{result: Result | undefined; headerLines: number} | undefined> {
    const deadline = new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), answerWithinMs).unref());
    const {modules, server} = (await Promise.race([this.started(), deadline])) ?? {};
    if (!modules || !server?.alive) return undefined;
    const draft = modules.draft(code);
    server.change(this.virtual(draft));
    const before = code.slice(0, units).split('\n');
    const position = {line: draft.headerLines + before.length - 1, character: before.at(-1)!.length};
    const result = await Promise.race([server.request<Result>(method, {textDocument: this.uri(draft), position}), deadline]);
    return {result, headerLines: draft.headerLines};
  }

  /** Parser and server, loaded when they are first needed: the first cell does not wait for them. */
  private started(): NonNullable<typeof this.parts> {
    return (this.parts ??= Promise.all([import('./cell-modules.ts'), this.startServer()]).then(([{CellModules}, server]) => ({modules: new CellModules(), server})));
  }

  private async startServer(): Promise<LanguageServer | undefined> {
    try {
      const [{startLanguageServer}, {virtualProject}] = await Promise.all([import('./server.ts'), import('./project.ts')]);
      const server = await startLanguageServer(this.folder);
      for (const file of virtualProject(this.folder)) server.open(file);
      if (this.ended) server.end();
      return server;
    } catch (error) {
      console.error(`Types are not checked, completions are empty: ${error instanceof Error ? error.message : String(error)}; run "npx snapgrid doctor"`);
      return undefined;
    }
  }

  private virtual({file, text}: CellModule): {path: string; text: string} {
    return {path: join(this.folder, file), text};
  }

  private uri({file}: CellModule): {uri: string} {
    return {uri: pathToFileURL(join(this.folder, file)).href};
  }
}
