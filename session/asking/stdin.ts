import {createRequire} from 'node:module';
import type {Interface} from 'node:readline';
import {Readable} from 'node:stream';
import type {Asks} from './asks.ts';

/** `process.stdin` is made when it is first asked for: a stream of the lines that the person at the front end types. */
export function installStdin(asks: Asks): void {
  let stream: LineStream | undefined;
  Object.defineProperty(process, 'stdin', {
    get: () => (stream && !stream.destroyed ? stream : (stream = new LineStream(asks))),
    configurable: true,
    enumerable: true,
  });
}

/**
 * Asks for a line when one is wanted. A stream is read ahead: readline keeps it flowing between two questions, where no box should
 * stand that nobody asked for. So an ask waits for a turn, and for an interface that prompts or is listened to. Like a program that waits
 * for its stdin, a cell is not done while it has asked: until an answer has come, and has led to no other question.
 */
class LineStream extends Readable {
  readonly fd = 0;
  readonly isTTY = false;
  private hungry = false;
  private asked = false;
  private readonly interfaces = new ReadlineInterfaces(this, () => this.considerSoon());

  constructor(private readonly asks: Asks) {
    super({highWaterMark: 1});
  }

  override _read(): void {
    this.hungry = true;
    this.considerSoon();
  }

  override resume(): this {
    this.considerSoon();
    return super.resume();
  }

  override on(name: string | symbol, listener: (...args: never[]) => void): this {
    this.considerSoon();
    super.on(name, listener as () => void);
    // An earlier cell's interface left it paused when it was closed: in a notebook the next reader is a new start.
    if (name === 'data' && this.isPaused() && this.listenerCount('data') === 1) this.resume();
    return this;
  }

  private considerSoon(): void {
    if (this.hungry && !this.asked) setImmediate(() => this.consider());
  }

  private consider(): void {
    if (!this.hungry || this.asked || !this.wanted()) return;
    const taken = (text: string): void => {
      this.asked = this.hungry = false;
      this.interfaces.gotLine();
      this.push(`${text}\n`);
    };
    const dropped = (): void => {
      this.asked = false;
      this.interfaces.giveUp();
    };
    this.asked = this.asks.read(taken, dropped);
  }

  private wanted(): boolean {
    if (this.destroyed) return false;
    if (this.listenerCount('readable')) return true;
    return !this.isPaused() && (this.listenerCount('data') > this.interfaces.size || this.interfaces.want);
  }
}

/** The readline interfaces that read a stream, and whether one wants a line now. */
class ReadlineInterfaces {
  private readonly open = new Map<Interface, {prompted: boolean}>();

  constructor(input: Readable, wanting: () => void) {
    const {Interface} = createRequire(import.meta.url)('node:readline/promises') as {Interface: {prototype: object}};
    // Shared by readline and readline/promises. Their constructors call setPrompt, their questions prompt.
    const prototype = Object.getPrototypeOf(Interface.prototype) as Pick<Interface, 'setPrompt' | 'prompt'>;
    const {setPrompt, prompt} = prototype;
    const {open} = this;
    prototype.setPrompt = function (this: Interface & {input?: unknown}, ...args) {
      if (!open.has(this)) setImmediate(() => this.input === input && follow(this));
      return Reflect.apply(setPrompt, this, args);
    };
    prototype.prompt = function (this: Interface & {input?: unknown}, ...args) {
      if (this.input === input) {
        follow(this).prompted = true;
        wanting();
      }
      return Reflect.apply(prompt, this, args);
    };
    const follow = (each: Interface): {prompted: boolean} => {
      const known = open.get(each);
      if (known) return known;
      const state = {prompted: false};
      open.set(each, state);
      each.once('close', () => open.delete(each));
      each.on('newListener', name => name === 'line' && wanting());
      return state;
    };
  }

  get size(): number {
    return this.open.size;
  }

  get want(): boolean {
    return [...this.open].some(([each, {prompted}]) => prompted || each.listenerCount('line') > 0);
  }

  /** As Ctrl-C in a terminal: a question that is never answered would keep its interface from asking another. */
  giveUp(): void {
    for (const [each, {prompted}] of this.open) if (prompted) each.close();
  }

  gotLine(): void {
    for (const state of this.open.values()) state.prompted = false;
  }
}
