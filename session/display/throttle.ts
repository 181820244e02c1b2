import {channel} from '../output/channel.ts';

/** Draws at most every so often while things change, and always their last state: at the latest when the cell is done. */
export class Throttle {
  private last = -Infinity;
  private waits = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly draw: () => void,
    private readonly intervalMs: number,
  ) {}

  /** Something changed. */
  changed(): void {
    const left = this.last + this.intervalMs - performance.now();
    if (left <= 0) return this.now();
    if (this.waits) return;
    this.waits = true;
    // In a program that is no session, a terminal would get a line for every state: it gets the last.
    channel()?.beforeDone(() => this.waits && this.now());
    this.timer = setTimeout(() => this.now(), left).unref();
  }

  now(): void {
    clearTimeout(this.timer);
    this.waits = false;
    this.draw();
    this.last = performance.now();
  }
}
