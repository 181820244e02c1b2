import type {Event} from '../../session/wire/messages.ts';

/** How much of the session's stderr is kept. */
const keptBytes = 8192;
/** Node's report on its own end: pages of native frames, of which the death's description says what matters. */
const dumpStart =
  /\n?(?:Waiting for the debugger to disconnect|<--- Last few GCs --->|----- Native stack trace -----|FATAL ERROR: (?=.*(?:memory|Allocation))|#\n# Fatal error in)/;

/** What a session writes on stderr while a request runs: when it dies, that says why. */
export class LastWords {
  private kept = '';
  /** Set from the beginning of a dump on: text that is shown only if the session lives. */
  private withheld: Event[] | undefined;

  get text(): string {
    return this.kept;
  }

  hear(chunk: Buffer): void {
    this.kept = (this.kept + chunk.toString('latin1')).slice(-keptBytes);
  }

  /** Another request begins: what was written before does not say why this one died. */
  forget(): void {
    this.kept = '';
  }

  /** What was kept back: the session lives. */
  release(): readonly Event[] {
    const events = this.withheld ?? [];
    this.withheld = undefined;
    return events;
  }

  /** The events to show for one that came: a dump is kept back until something else shows that the session lives. */
  withoutDump(event: Event): readonly Event[] {
    if (event.type !== 'stream' || event.name !== 'stderr') return [...this.release(), event];
    if (this.withheld) {
      this.withheld.push(event);
      return [];
    }
    const start = dumpStart.exec(event.text)?.index ?? -1;
    if (start < 0) return [event];
    this.withheld = [{...event, text: event.text.slice(start)}];
    return start > 0 ? [{...event, text: event.text.slice(0, start)}] : [];
  }
}
