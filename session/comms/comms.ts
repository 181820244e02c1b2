import {randomUUID} from 'node:crypto';
import {channel} from '../output/channel.ts';
import {isCommId} from '../wire/events.ts';

export type CommData = Readonly<Record<string, unknown>>;

/** What came over a comm: JSON, and the bytes beside it. */
export interface Message {
  readonly data: CommData;
  readonly metadata: CommData;
  readonly buffers: readonly Uint8Array[];
}

export interface Sending {
  readonly metadata?: CommData;
  /** Bytes that travel as they are. */
  readonly buffers?: readonly ArrayBufferView[];
}

/** Called for each message, while no other code runs: between cells, and where a cell awaits. What it prints, and the error it throws, belong to the message. */
export type Listener = (message: Message) => unknown;

const comms = new Map<string, Comm>();
const targets = new Map<string, (comm: Comm, opened: Message) => unknown>();

/** One conversation with the front end. Where there is no front end (grading, a plain program) it is closed from the start. */
export class Comm {
  onMessage: Listener | undefined;
  /** The front end closed it. */
  onClose: Listener | undefined;

  constructor(
    readonly id: string,
    readonly target: string,
  ) {}

  get closed(): boolean {
    return comms.get(this.id) !== this;
  }

  /** Sends a message; nothing where the comm is closed. @throws RangeError for one that is too large, TypeError for data that is no JSON */
  send(data: CommData, sending: Sending = {}): void {
    if (!this.closed) send('message', this, data, sending);
  }

  close(data: CommData = {}, sending: Sending = {}): void {
    if (!this.closed) send('close', this, data, sending);
    forgetComm(this);
  }
}

/** Opens a comm with what the front end registered as `target`. */
export function openComm(
  target: string,
  data: CommData = {},
  {id = randomUUID(), ...sending}: Sending & {readonly id?: string} = {},
): Comm {
  if (!isCommId(id)) throw new TypeError(`Expected a comm's id to be a text of 1 to 1024 characters, got ${typeof id}`);
  const comm = new Comm(id, String(target));
  if (!channel()?.comm || comms.has(comm.id)) return comm;
  comms.set(comm.id, comm);
  try {
    send('open', comm, data, sending);
  } catch (error) {
    forgetComm(comm);
    throw error;
  }
  return comm;
}

/** From now on `onOpen` is called when the front end opens a comm with this target. Returns what takes that back. */
export function registerTarget(name: string, onOpen: (comm: Comm, opened: Message) => unknown): () => void {
  targets.set(name, onOpen);
  return () => {
    if (targets.get(name) === onOpen) targets.delete(name);
  };
}

export const findComm = (id: string): Comm | undefined => comms.get(id);
export const findTarget = (name: string): ((comm: Comm, opened: Message) => unknown) | undefined => targets.get(name);
export const keepComm = (comm: Comm): void => void comms.set(comm.id, comm);

export function forgetComm(comm: Comm): void {
  if (!comm.closed) comms.delete(comm.id);
}

/** A cell is not held to types: what has the wrong one would break the protocol, and end the session. */
function send(event: 'open' | 'message' | 'close', {id, target}: Comm, data: CommData, {metadata = {}, buffers = []}: Sending): void {
  for (const [name, value] of Object.entries({data, metadata}))
    if (!isRecord(value))
      throw new TypeError(`Expected the ${name} of a comm message to be a record, got ${Array.isArray(value) ? 'a list' : typeof value}`);
  const bytes = Array.from(buffers, buffer => {
    if (!ArrayBuffer.isView(buffer)) throw new TypeError(`Expected the buffers of a comm message to be typed arrays, got ${typeof buffer}`);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  });
  channel()?.comm?.({event, comm: id, ...(event === 'open' ? {target} : {}), data, metadata}, bytes);
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value);
