import type {JsonObject} from '../protocol/frames.ts';

/** How many cells back late output still finds its own cell; older ones print below the latest. */
const remembered = 4096;
/** Comm messages come by the hundred and rarely print late: they must not push cells out. */
const rememberedComms = 256;

/** Which request caused what the session sends: the headers of recent requests by the session's ids. */
export class Parents {
  private readonly headers = new Map<number, JsonObject | undefined>();
  private readonly comms = new Map<number, JsonObject>();
  /** The latest request that may be printed below. */
  last: JsonObject | undefined;

  set(id: number, header: JsonObject | undefined): void {
    this.headers.set(id, header);
    if (header) this.last = header;
    if (this.headers.size > remembered) this.headers.delete(this.headers.keys().next().value!);
  }

  setComm(id: number, header: JsonObject): void {
    this.comms.set(id, header);
    if (this.comms.size > rememberedComms) this.comms.delete(this.comms.keys().next().value!);
  }

  /** Nothing: the request was silent. */
  of(id: number): JsonObject | undefined {
    return this.headers.has(id) ? this.headers.get(id) : (this.comms.get(id) ?? this.last);
  }
}
