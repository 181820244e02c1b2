import type {Encoded} from './values.ts';

/**
 * The messages between a session and its host. Each travels as one frame: these fields are its header.
 * fd 3 carries `Request`s to the session, fd 4 `Control`s, fd 5 `Event`s back; fd 1 and 2 carry only what native code and children write.
 */
export const wireVersion = 2;

/**
 * Host → session. Every request is answered by one `done` with its id. Requests of one lane (0 where none is said) run one after another;
 * those of another lane run while they await.
 */
export type Request =
  | {readonly type: 'run'; readonly id: number; readonly cell: Cell; readonly lane?: number}
  /** Calls a function that a cell declared. */
  | {readonly type: 'call'; readonly id: number; readonly target: string; readonly args: readonly Encoded[]}
  /** Makes an instance of a class that a cell declared; the value is its handle, a number. */
  | {readonly type: 'construct'; readonly id: number; readonly target: string; readonly args: readonly Encoded[]}
  | {readonly type: 'invoke'; readonly id: number; readonly handle: number; readonly method: string; readonly args: readonly Encoded[]}
  /** The gradients of sum(target(...args) · dy) with respect to the tensors at `wrt` (positions in args). */
  | {
      readonly type: 'gradient';
      readonly id: number;
      readonly target: string;
      readonly args: readonly Encoded[];
      readonly wrt: readonly number[];
      readonly dy: Encoded;
    }
  /** A comm message of the front end, its bytes in the frame's buffers. It does not wait for a cell to end, only for the thread to be free. */
  | ({readonly type: 'comm'; readonly id: number} & CommMessage);

/** A message of a comm, either way: comm_open, comm_msg and comm_close of Jupyter's protocol. */
export interface CommMessage {
  readonly event: 'open' | 'message' | 'close';
  readonly comm: string;
  /** What the comm is about; only of an `open`. */
  readonly target?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Host → session, on the same pipe; taken when it comes, also while a request awaits, and not answered. */
export type Notice = InputReply;

/** What came of the `ask` with this number: a line of text, or why there is none. */
export type InputReply =
  | {readonly type: 'input'; readonly ask: number; readonly text: string}
  | {readonly type: 'input'; readonly ask: number; readonly refusal: string};

export interface Cell {
  /** Shown in errors and stack frames: `In [3]`, or the cell's id. */
  readonly name: string;
  /** The cell that it is in the notebook, the same each time it runs; none where the host does not know it. */
  readonly id?: string;
  /** TypeScript as it was typed. */
  readonly code: string;
  /** Whether the last expression's value is wanted as a display bundle. */
  readonly result: boolean;
  /** Ends the URL under which V8 runs the cell, so that breakpoints can be set on it before: letters and digits. */
  readonly key?: string;
  /** V8 ends the cell when it was busy for so long without an await. */
  readonly limitMs?: number;
}

/** Host → session's second thread: heard even while a cell is busy. An interrupt names its requests, so that it cannot hit the next ones. */
export type Control = {readonly type: 'interrupt'; readonly ids: readonly number[]};

/** MIME type → data, as in Jupyter's display_data. */
export type MimeBundle = {readonly [mime: string]: unknown};

export type Payload =
  | {readonly source: 'page'; readonly data: MimeBundle; readonly start: number}
  | {readonly source: 'set_next_input'; readonly text: string; readonly replace: boolean};

export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** For people: message, code frame, the learner's own frames, causes; one string per line, plain text. */
  readonly traceback: readonly string[];
}

/** Session → host. `id` is the request that caused it, also when the output comes late; 0 where none is known. */
export type Event =
  | {readonly type: 'ready'; readonly version: number; readonly node: string; readonly pid: number}
  | {readonly type: 'stream'; readonly id: number; readonly name: 'stdout' | 'stderr'; readonly text: string}
  | {
      readonly type: 'display';
      readonly id: number;
      readonly bundle: MimeBundle;
      readonly metadata: Record<string, unknown>;
      readonly displayId?: string;
      readonly update?: boolean;
    }
  | {readonly type: 'clear'; readonly id: number; readonly wait: boolean}
  | ({readonly type: 'comm'; readonly id: number} & CommMessage)
  /** Wants a line from the person at the front end; answered by an `input` with the same number. */
  | {readonly type: 'ask'; readonly id: number; readonly ask: number; readonly prompt: string; readonly password: boolean}
  /** What the front end is to do once the request is done: Jupyter's payload, with its `source`. */
  | {readonly type: 'payload'; readonly id: number; readonly payload: Payload}
  | {readonly type: 'done'; readonly id: number; readonly status: 'ok'; readonly bundle?: MimeBundle; readonly value?: Encoded}
  | {readonly type: 'done'; readonly id: number; readonly status: 'error'; readonly error: ThrownError};
