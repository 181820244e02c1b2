import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {pathToFileURL} from 'node:url';
import {JsonRpc} from './json-rpc.ts';
import type {VirtualFile} from './project.ts';

/** TypeScript's native language server, a child process. Everything here resolves to nothing once it is gone; running cells never depends on it. */
export interface LanguageServer {
  /** Opens a file, or gives an open one another text. */
  change(file: VirtualFile): void;
  close(path: string): void;
  /** Sends a request; undefined when the server refuses it or is gone. */
  request<Result>(method: string, params: object): Promise<Result | undefined>;
  end(): void;
  readonly alive: boolean;
}

const configuration = {
  suggest: {autoImports: false, completeFunctionCalls: false, includeCompletionsForImportStatements: false},
  preferences: {includeCompletionsForModuleExports: false},
  // Left on, the server calls npm to install types behind the user's back.
  disableAutomaticTypeAcquisition: true,
  tsserver: {automaticTypeAcquisition: {enabled: false}},
};

/** Starts the server in a folder. @throws Error where its program is missing */
export async function startLanguageServer(folder: string): Promise<LanguageServer> {
  const {command, args} = program();
  // Half of its memory is garbage otherwise, and it grows with the cells; its answers take no longer.
  const env = {...process.env, GOGC: process.env['GOGC'] ?? '20'};
  const child = spawn(command, args, {cwd: folder, stdio: ['pipe', 'pipe', 'ignore'], env});
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const connection = new JsonRpc(child.stdout as Readable, child.stdin as Writable, {
    'workspace/configuration': ({items}: {items: readonly unknown[]}) => items.map(() => configuration),
  });
  return new Server(child, connection, folder).greet();
}

class Server implements LanguageServer {
  alive = true;
  private readonly opened = new Map<string, {readonly version: number; readonly text: string}>();

  constructor(
    private readonly child: ChildProcess,
    private readonly connection: JsonRpc,
    private readonly folder: string,
  ) {
    child.once('exit', () => {
      this.alive = false;
      connection.close();
    });
  }

  async greet(): Promise<LanguageServer> {
    const rootUri = pathToFileURL(this.folder).href;
    const documentationFormat = ['markdown'];
    const textDocument = {
      diagnostic: {},
      completion: {completionItem: {labelDetailsSupport: true, documentationFormat}},
      hover: {contentFormat: documentationFormat},
      signatureHelp: {signatureInformation: {documentationFormat, activeParameterSupport: true}},
      definition: {linkSupport: true},
      typeDefinition: {linkSupport: true},
    };
    await this.request('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: null,
      capabilities: {textDocument, workspace: {configuration: true}},
    });
    this.notify('initialized', {});
    return this;
  }

  private open({path, text}: VirtualFile): void {
    this.opened.set(path, {version: 1, text});
    this.notify('textDocument/didOpen', {
      textDocument: {uri: pathToFileURL(path).href, languageId: languageOf(path), version: 1, text},
    });
  }

  change(file: VirtualFile): void {
    const opened = this.opened.get(file.path);
    if (!opened) return this.open(file);
    // After any change the server builds its program anew.
    if (opened.text === file.text) return;
    const version = opened.version + 1;
    this.opened.set(file.path, {version, text: file.text});
    this.notify('textDocument/didChange', {
      textDocument: {uri: pathToFileURL(file.path).href, version},
      contentChanges: [{text: file.text}],
    });
  }

  close(path: string): void {
    this.opened.delete(path);
    this.notify('textDocument/didClose', {textDocument: {uri: pathToFileURL(path).href}});
  }

  request<Result>(method: string, params: object): Promise<Result | undefined> {
    return this.connection.request(method, params) as Promise<Result | undefined>;
  }

  end(): void {
    this.alive = false;
    this.connection.close();
    this.child.kill();
  }

  private notify(method: string, params: object): void {
    this.connection.notify(method, params);
  }
}

const languageOf = (path: string): string => (path.endsWith('.json') ? 'json' : path.endsWith('x') ? 'typescriptreact' : 'typescript');

/** The native program itself, or, where it is not found beside the package, Node with the package's own starter. */
function program(): {command: string; args: string[]} {
  // By path: another package owns .bin/tsc when tslab is installed.
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('typescript/package.json');
  const options = ['--lsp', '--stdio'];
  try {
    const platform = createRequire(manifest).resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
    const native = join(dirname(platform), 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
    if (existsSync(native)) return {command: native, args: options};
  } catch {
    // Laid out otherwise: the starter knows.
  }
  return {command: process.execPath, args: [join(dirname(manifest), 'bin', 'tsc'), ...options]};
}
