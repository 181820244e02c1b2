import type {Event, MimeBundle} from '../../session/wire/messages.ts';
import {firstCharacters} from './first-characters.ts';

const cellBytes = 16 * 2 ** 10;
const totalBytes = 256 * 2 ** 10;
const logBytes = 2 ** 20;

/**
 * What a submission prints. Until the first hidden input has been sent it belongs to the cell that printed it, for the learner to see again;
 * from then on it goes to the instructor's log alone, since it could carry the inputs out.
 */
export class Transcript {
  private readonly cells: {kept: string; dropped: number}[] = [];
  private current: number | undefined;
  private hidden = false;
  private total = 0;
  private logged = '';
  private logDropped = 0;

  /** What is printed from now on belongs to cell `index`; to nobody where undefined. */
  enter(index: number | undefined): void {
    this.current = index;
  }

  /** From now on only the instructor sees what is printed. */
  hide(): void {
    this.hidden = true;
  }

  hear(event: Event): void {
    const text = event.type === 'stream' ? event.text : event.type === 'display' ? plainText(event.bundle) : '';
    if (!text) return;
    if (this.hidden) this.note(text);
    else if (this.current !== undefined) this.print(this.current, text);
  }

  /** A line for the instructor. */
  note(text: string): void {
    const room = Math.max(0, logBytes - this.logged.length);
    this.logged += firstCharacters(text, room);
    this.logDropped += Math.max(0, text.length - room);
  }

  output(index: number): string {
    const {kept, dropped} = this.cells[index] ?? {kept: '', dropped: 0};
    return dropped ? `${kept}\n… ${dropped.toLocaleString('en')} more characters were printed and are not shown` : kept;
  }

  get capped(): boolean {
    return this.cells.some(cell => cell?.dropped);
  }

  get log(): string {
    return this.logDropped ? `${this.logged}\n… ${this.logDropped.toLocaleString('en')} more characters` : this.logged;
  }

  private print(index: number, text: string): void {
    const cell = (this.cells[index] ??= {kept: '', dropped: 0});
    const room = Math.max(0, Math.min(cellBytes - cell.kept.length, totalBytes - this.total));
    const kept = firstCharacters(text, room);
    cell.kept += kept;
    this.total += kept.length;
    cell.dropped += text.length - kept.length;
  }
}

function plainText(bundle: MimeBundle): string {
  const text = bundle['text/plain'];
  return typeof text === 'string' ? `${text}\n` : '';
}
