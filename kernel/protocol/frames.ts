import {createHmac, createSecretKey, type KeyObject, timingSafeEqual} from 'node:crypto';

/**
 * Frames: what ZeroMQ carries, with no meaning yet.
 *
 *     identities… | <IDS|MSG> | signature | header | parent header | metadata | content | buffers…
 *
 * The signature is the HMAC-SHA256 of the four JSON frames. Nothing is parsed before it is found right.
 */
export interface WireMessage {
  readonly identities: readonly Buffer[];
  readonly header: JsonObject;
  readonly parentHeader: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

export type JsonObject = {readonly [key: string]: unknown};

/** Why a message was dropped: data, because anybody can send anything. */
export type Dropped = {readonly dropped: string};

/** What ZeroMQ sends: it takes text as it is, and a Buffer of some length by a reference, which costs more than to copy it. */
export type OutgoingFrame = string | Uint8Array;

const delimiter = '<IDS|MSG>';
const delimiterBytes = Buffer.from(delimiter);
const jsonFrames = 4;
/** How many signatures are remembered to refuse a message that is sent again; Jupyter's clients keep as many. */
const rememberedSignatures = 2 ** 14;

/** Signs what goes out, checks what comes in; one per kernel, because it remembers what it has seen. */
export class Signer {
  private readonly seen = new Set<string>();
  private readonly key: KeyObject | undefined;
  /** Headers of requests, as JSON: each is the parent of all that its request causes. */
  private readonly parents = new WeakMap<JsonObject, string>();

  /** An empty key switches signing off, as the protocol says. */
  constructor(key: string) {
    this.key = key ? createSecretKey(key, 'utf8') : undefined;
  }

  encode({identities, header, parentHeader, metadata, content, buffers}: WireMessage): OutgoingFrame[] {
    const json = [JSON.stringify(header), this.parentJson(parentHeader), JSON.stringify(metadata), JSON.stringify(content)];
    return [...identities, delimiter, this.sign([json.join('')]), ...json, ...buffers];
  }

  decode(frames: readonly Buffer[]): WireMessage | Dropped {
    const start = frames.findIndex(frame => frame.equals(delimiterBytes));
    if (start < 0) return {dropped: 'it has no <IDS|MSG> frame'};
    const [signature, ...rest] = frames.slice(start + 1);
    const json = rest.slice(0, jsonFrames);
    if (!signature || json.length < jsonFrames)
      return {dropped: `expected a signature and ${jsonFrames} JSON frames, got ${frames.length - start - 1} frames`};
    const refused = this.refuse(signature, json);
    if (refused) return {dropped: refused};
    const parsed: JsonObject[] = [];
    for (const frame of json) {
      const object = parseObject(frame);
      if (!object) return {dropped: 'a frame is not a JSON object'};
      parsed.push(object);
    }
    const [header, parentHeader, metadata, content] = parsed as [JsonObject, JsonObject, JsonObject, JsonObject];
    if (typeof header['msg_type'] !== 'string' || typeof header['msg_id'] !== 'string')
      return {dropped: 'its header has no msg_type or msg_id'};
    return {identities: frames.slice(0, start), header, parentHeader, metadata, content, buffers: rest.slice(jsonFrames)};
  }

  private refuse(signature: Buffer, json: readonly Buffer[]): string | undefined {
    if (!this.key) return undefined;
    const expected = Buffer.from(this.sign(json));
    // Lengths are no secret; the bytes are compared in constant time.
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return 'its signature is wrong';
    const text = expected.toString('latin1');
    if (this.seen.has(text)) return 'it was sent before';
    this.seen.add(text);
    if (this.seen.size > rememberedSignatures) this.seen.delete(this.seen.values().next().value!);
    return undefined;
  }

  private parentJson(header: JsonObject): string {
    const known = this.parents.get(header);
    if (known !== undefined) return known;
    const json = JSON.stringify(header);
    this.parents.set(header, json);
    return json;
  }

  private sign(json: readonly OutgoingFrame[]): string {
    if (!this.key) return '';
    const hmac = createHmac('sha256', this.key);
    for (const frame of json) hmac.update(frame);
    return hmac.digest('hex');
  }
}

function parseObject(frame: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(frame.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
