/**
 * Debugging: frames on fd 6 between the host and the session's second thread, which speaks the Chrome DevTools Protocol to the first.
 * A descriptor of its own, because the main thread may be paused in the middle of a frame on fd 5.
 */

/** Host → session. */
export type DebugRequest =
  /** Connects to the main thread; `posts` before it, or after `detach`, are refused. */
  | {readonly type: 'attach'; readonly attachment: number}
  /** Disconnects: breakpoints and handles are gone, a paused cell runs on. */
  | {readonly type: 'detach'}
  | {readonly type: 'post'; readonly id: number; readonly method: string; readonly params: object};

/** Session → host. `attachment` is the host's number of it: what is still on its way of one that was detached is not meant for the next. */
export type DebugEvent = {readonly attachment: number} & (
  | {readonly type: 'reply'; readonly id: number; readonly result: object}
  | {readonly type: 'reply'; readonly id: number; readonly error: string}
  | {readonly type: 'event'; readonly method: string; readonly params: object}
);

/** The URL under which V8 runs a session's cell; `key` is the host's. */
export const cellUrl = (count: number, key?: string): string => `snapgrid:cell-${count}${key === undefined ? '' : `/${key}`}`;

/** Matches the URLs of every run of the cells with this key. */
export const cellUrlPattern = (key: string): string => `^snapgrid:cell-\\d+/${key}$`;

/** What the session tells of code that runs under a made-up URL, or would run. */
export interface DebugSource {
  /** What people call it. */
  readonly name: string;
  /** As it was typed. */
  readonly text: string;
  /** The file that it is a copy of; a cell has none. */
  readonly file?: string;
  /** Source maps' mappings, from what runs to what was typed. */
  readonly mappings: readonly string[];
}

/** Around code that the session puts between what was typed: a step does not end there. */
export const insertedMarks = ['/*snapgrid{*/', '/*}snapgrid*/'] as const;

/** What the session puts there declares names that begin like this. */
export const insertedName = '__snapgrid';
