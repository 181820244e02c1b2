import {describeThrown} from '../evaluate/errors.ts';
import type {EventWriter} from '../output/events.ts';
import type {InputReply, ThrownError} from '../wire/messages.ts';

/** The front end gives no input; called as IPython calls it. */
export class StdinNotImplementedError extends Error {
  override name = 'StdinNotImplementedError';
}

/** What asks need to know of the requests. */
export interface RunningRequests {
  readonly newest: number | undefined;
  isRunning(id: number): boolean;
  fail(id: number, error: ThrownError): void;
}

interface Ask {
  readonly id: number;
  readonly settle: (reply: InputReply) => void;
  readonly answered: Promise<void>;
  /** Called where the answer will never come. */
  readonly dropped?: () => void;
}

const noPerson = 'nobody is there to answer (the cells run in grading)';

/** Questions to the person at the front end: `input()`, `password()`, and reads of `process.stdin`. */
export class Asks {
  private readonly unanswered = new Map<number, Ask>();
  private requests!: RunningRequests;
  private last = 0;

  constructor(
    private readonly events: EventWriter,
    private readonly person: boolean,
  ) {}

  serve(requests: RunningRequests): void {
    this.requests = requests;
  }

  /** Resolves with the line that was typed. Never, where the request is interrupted meanwhile. @throws StdinNotImplementedError */
  line(asker: string, prompt: string, password: boolean): Promise<string> {
    // Made here, so that its stack names the line that asks.
    const refused = new StdinNotImplementedError();
    const refuse = (reason: string): Error => Object.assign(refused, {message: refusal(`${asker}()`, reason)});
    const id = this.asking();
    if (!this.person) return Promise.reject(refuse(noPerson));
    if (id === undefined) return Promise.reject(refuse('no cell runs that the question could stand under'));
    return new Promise((resolve, reject) => {
      const settle = (reply: InputReply): void => ('text' in reply ? resolve(reply.text) : reject(refuse(reply.refusal)));
      this.send({id, settle}, prompt, password);
    });
  }

  /**
   * Asks on behalf of a stream that is read; false: nothing runs that could ask. A refusal ends the request: it would wait for ever.
   * `dropped` is called where no line comes, because the request is over.
   */
  read(taken: (text: string) => void, dropped: () => void): boolean {
    const id = this.asking();
    if (id === undefined) return false;
    const refuse = (reason: string): void => {
      this.requests.fail(id, describeThrown(new StdinNotImplementedError(refusal('process.stdin', reason))));
      dropped();
    };
    const settle = (reply: InputReply): void => ('text' in reply ? taken(reply.text) : refuse(reply.refusal));
    if (!this.person) {
      refuse(noPerson);
      return false;
    }
    this.send({id, settle, dropped}, '', false);
    return true;
  }

  answer(reply: InputReply): void {
    const ask = this.unanswered.get(reply.ask);
    this.unanswered.delete(reply.ask);
    ask?.settle(reply);
  }

  /** Pending until the questions that a request has asked are answered. */
  open(id: number): Promise<unknown> | undefined {
    const open = [...this.unanswered.values()].filter(ask => ask.id === id);
    return open.length ? Promise.all(open.map(ask => ask.answered)) : undefined;
  }

  /** A request is over; nobody waits for its answers. */
  forget(id: number): void {
    for (const [number, ask] of this.unanswered) {
      if (ask.id !== id) continue;
      this.unanswered.delete(number);
      ask.dropped?.();
    }
  }

  /** The request that asks now: the one that the code belongs to, or, where that is over, the one that runs. */
  private asking(): number | undefined {
    const {cause} = this.events;
    return this.requests.isRunning(cause) ? cause : this.requests.newest;
  }

  private send({id, settle, ...rest}: Omit<Ask, 'answered'>, prompt: string, password: boolean): void {
    let done!: () => void;
    const answered = new Promise<void>(resolve => (done = resolve));
    const settled = (reply: InputReply): void => {
      done();
      settle(reply);
    };
    this.unanswered.set(++this.last, {id, ...rest, answered, settle: settled});
    this.events.send({type: 'ask', id, ask: this.last, prompt, password});
  }
}

const refusal = (asker: string, reason: string): string =>
  `Expected somebody to answer ${asker}, but ${reason}. Write the answer into the cell instead: const answer = '…'`;
