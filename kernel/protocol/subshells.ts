import {randomUUID} from 'node:crypto';
import type {JsonObject} from './frames.ts';

/** The main shell's lane. */
export const mainLane = 0;

/** Shells beside the main one (JEP 91): each has a queue of its own, a lane in the session. */
export class Subshells {
  private readonly lanes = new Map<string, number>();
  private last = mainLane;

  create(): string {
    const id = randomUUID();
    this.lanes.set(id, ++this.last);
    return id;
  }

  /** The lane that it had; undefined where there is no such subshell. */
  delete(id: unknown): number | undefined {
    const lane = this.lanes.get(id as string);
    this.lanes.delete(id as string);
    return lane;
  }

  list(): string[] {
    return [...this.lanes.keys()];
  }

  /** The lane of the shell that a message is for; undefined where its subshell is not there. */
  laneOf(header: JsonObject): number | undefined {
    const id = header['subshell_id'];
    return id === undefined || id === null ? mainLane : this.lanes.get(id as string);
  }
}
