import {isCommId} from '../../session/wire/events.ts';
import type {CommMessage} from '../../session/wire/messages.ts';
import type {JsonObject} from '../protocol/frames.ts';
import type {ClientMessage} from '../protocol/messages.ts';

const events = {comm_open: 'open', comm_msg: 'message', comm_close: 'close'} as const;
export type CommType = keyof typeof events;

/** Which comms are open: known here, so that comm_info is answered while a cell is busy. */
export class Comms {
  private readonly targets = new Map<string, string>();

  /** comm_info_reply's `comms`; with a target, only its own. */
  info(target: unknown): JsonObject {
    const shown = [...this.targets].filter(([, name]) => typeof target !== 'string' || name === target);
    return Object.fromEntries(shown.map(([id, target_name]) => [id, {target_name}]));
  }

  /** Keeps account of a message, whichever way it goes. */
  heard({event, comm, target = ''}: CommMessage): void {
    if (event === 'open') this.targets.set(comm, target);
    else if (event === 'close') this.targets.delete(comm);
  }

  has(id: string): boolean {
    return this.targets.has(id);
  }

  /** Forgets all: their session is gone. Gives their ids. */
  clear(): string[] {
    const ids = [...this.targets.keys()];
    this.targets.clear();
    return ids;
  }
}

/** A client's comm message as the session takes it; undefined where it names no comm that could be. */
export function fromClient({type, content, metadata}: ClientMessage): CommMessage | undefined {
  const {comm_id: comm, target_name: target, data} = content;
  if (!isCommId(comm)) return undefined;
  const event = events[type as CommType];
  return {event, comm, ...(event === 'open' ? {target: typeof target === 'string' ? target : ''} : {}), data: record(data), metadata};
}

/** The session's comm message as clients take it. */
export function toClients({event, comm, target, data}: CommMessage): {type: CommType; content: JsonObject} {
  if (event === 'open') return {type: 'comm_open', content: {comm_id: comm, target_name: target, data}};
  return {type: event === 'close' ? 'comm_close' : 'comm_msg', content: {comm_id: comm, data}};
}

const record = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
