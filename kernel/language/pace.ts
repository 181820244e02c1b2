/** Work that can wait begins when no cell has started, and nobody has waited, for this long: those have the machine to themselves. */
const quietMs = 30;

/** How cells follow one another, and whether somebody waits for what else there is to do. */
export class Pace {
  private lastStart = 0;
  private lastEnd = 0;
  private lastHurry = 0;
  private awaited = 0;
  private hurry: () => void = () => {};
  private quiet: Promise<void> | undefined;

  /** A cell starts; true where none had run just before. @param over tells its end */
  begin(over: Promise<void>): boolean {
    const rested = Date.now() - this.lastEnd >= quietMs;
    this.lastStart = Date.now();
    void over.then(() => (this.lastEnd = Date.now()));
    return rested;
  }

  /** Whether any cell has started. */
  get begun(): boolean {
    return this.lastStart > 0;
  }

  /** Somebody waits for this: nothing pauses until it is done. */
  async hurried<T>(work: Promise<T>): Promise<T> {
    this.awaited++;
    this.hurry();
    try {
      return await work;
    } finally {
      this.awaited--;
      this.lastHurry = Date.now();
    }
  }

  get isHurried(): boolean {
    return this.awaited > 0;
  }

  /** Until cells no longer follow one another, or somebody waits. Always a turn of the event loop: there may be many who pause. */
  pause(): Promise<void> {
    return (this.quiet ??= this.untilQuiet().finally(() => (this.quiet = undefined)));
  }

  private async untilQuiet(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    for (let left = this.left; left > 0 && !this.awaited; left = this.left)
      await new Promise<void>(resolve => {
        setTimeout(resolve, left);
        this.hurry = resolve;
      });
  }

  /** How long until all has been quiet. */
  private get left(): number {
    return Math.max(this.lastStart, this.lastHurry) + quietMs - Date.now();
  }
}
