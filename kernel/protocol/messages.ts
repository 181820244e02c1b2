import {randomUUID} from 'node:crypto';
import type {JsonObject, WireMessage} from './frames.ts';

/** Messages: what frames mean. Version 5.5 of Jupyter's messaging protocol. */
export const protocolVersion = '5.5';

/** Every message of this kernel carries it. */
const session = randomUUID();

/** A message from a client and the socket it came by; replies go back to the same identity on the same socket. */
export interface ClientMessage extends WireMessage {
  readonly channel: 'shell' | 'control';
  readonly type: string;
  /** The lane that its cell runs in: 0 for the main shell, another for each subshell. */
  readonly lane: number;
  /** What is wrong with its content: then it is only to be refused. */
  readonly malformed?: string;
}

export function clientMessage(channel: ClientMessage['channel'], message: WireMessage & Pick<ClientMessage, 'malformed'>): ClientMessage {
  return {...message, channel, type: String(message.header['msg_type']), lane: 0};
}

/** What a handler gives back: the content of the reply. `status` is always there. */
export type ReplyContent = {readonly status: 'ok' | 'error' | 'aborted' | Completeness; readonly [key: string]: unknown};

/** What is_complete_reply has in `status`. */
export type Completeness = 'complete' | 'incomplete' | 'invalid' | 'unknown';

/** A reply to `request`: its type is the request's, ending in `_reply`. */
export function replyTo(request: ClientMessage, content: ReplyContent): WireMessage {
  return {...answer(request.type.replace(/_request$/, '_reply'), request.header, content), identities: request.identities};
}

/** Asks the client that sent `request`, on its stdin socket. */
export function inputRequest(request: ClientMessage, content: JsonObject): WireMessage {
  return {...answer('input_request', request.header, content), identities: request.identities};
}

/** A message on iopub, caused by the request whose header is `parentHeader` ({} where none did). */
export function broadcast(
  type: string,
  parentHeader: JsonObject,
  content: JsonObject,
  more: Partial<Pick<WireMessage, 'metadata' | 'buffers'>> = {},
): WireMessage {
  return {...answer(type, parentHeader, content), identities: [Buffer.from(type)], ...more};
}

export function errorReply(name: string, message: string, traceback: readonly string[] = [`${name}: ${message}`]): ReplyContent {
  return {status: 'error', ename: name, evalue: message, traceback};
}

function answer(type: string, parentHeader: JsonObject, content: JsonObject): WireMessage {
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    version: protocolVersion,
  };
  return {identities: [], header, parentHeader, metadata: {}, content, buffers: []};
}
