import {fileURLToPath} from 'node:url';

/** What a host decides when it starts a session; travels as one JSON argument. */
export interface SessionOptions {
  /** Relative imports and packages are resolved from here: the notebook's folder. */
  readonly folder: string;
  /** Where given, cells may import only these specifiers (a trailing `*` stands for anything); everything else is refused with an error that names the rule. */
  readonly allow?: readonly string[];
  /** Specifiers that resolve to an inert module: check(), progress(), quiz do nothing (grading). `*` as above. */
  readonly inert?: readonly string[];
  /** false: no display bundles are made (grading). */
  readonly display: boolean;
  /** true: a cell that leaves tensors which nobody can dispose says so, and `tensors()` lists what is alive (notebooks). */
  readonly memory?: boolean;
  /** true: cells may open comms with the host's front end, and widgets are live. Grading has no front end. */
  readonly comms?: boolean;
  /** Whether somebody can answer `input()`, and has a pager and cells to fill: a front end does (the kernel), grading does not. */
  readonly person?: boolean;
  /** Backend override, else SNAPGRID_BACKEND, else best. */
  readonly backend?: 'tensorflow' | 'wasm' | 'cpu';
  /** Bytes of printed output that are passed on per request; the rest is counted and dropped, said once. Grading caps, the kernel does not. */
  readonly outputBytes?: number;
  /**
   * false: no second thread, which is a fifth of what a session's start takes. V8 itself ends a cell that is busy for longer than its `limitMs`, and an
   * interrupt reaches one that awaits; what keeps the main thread busy in another way, its host has to kill (grading). Nor does the session end when its
   * host goes: whoever leaves the thread out sees to that.
   */
  readonly secondThread?: boolean;
  /** true: fd 6 is a socket over which the host may debug the cells. Never in grading. */
  readonly debugger?: boolean;
}

/**
 * The arguments after `node` that start a session. Its stdio: fd 0 ignored, fd 1 and 2 pipes (native output),
 * fd 3 requests in, fd 4 control in, fd 5 events out; with `debugger`, fd 6 as debug.ts describes.
 */
export function sessionCommand(options: SessionOptions): {args: string[]} {
  // Without the flag, an interrupt inside an asynchronous callback aborts the process: Node takes the unwound stack for a bug of its own.
  const [major = 0] = process.versions.node.split('.').map(Number);
  // On Node 22 lets V8 carry asynchronous contexts, as 24 does by itself: see output/causes.ts.
  const context = major === 22 || major === 23 ? ['--experimental-async-context-frame'] : [];
  return {args: ['--no-force-async-hooks-checks', ...context, sessionProgram(), JSON.stringify(options)]};
}

/** The compiled program, also when this file runs from its source (tests): Node 20 cannot run TypeScript. */
function sessionProgram(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/session/main.js' : '../main.js', import.meta.url));
}

/** Reads the argument that `sessionCommand` made. @throws Error where it is none */
export function parseOptions(json: string | undefined): SessionOptions {
  const options: unknown = JSON.parse(json ?? 'null');
  if (typeof options !== 'object' || options === null || !('folder' in options) || typeof options.folder !== 'string')
    throw new Error("Expected the session's options as JSON with a folder; start it with sessionCommand()");
  return {display: true, ...options} as SessionOptions;
}
