import type {ChildProcess} from 'node:child_process';
import {existsSync} from 'node:fs';
import type {Duplex, Readable, Writable} from 'node:stream';
import {type Done, SessionConnection, SessionEnded, type SessionListener} from '../../session/wire/connection.ts';
import type {Cell, CommMessage, InputReply} from '../../session/wire/messages.ts';
import {type Death, describeDeath} from './death.ts';
import {LastWords} from './last-words.ts';
import {isRunning, type SessionChild, startSession} from './session-child.ts';

/** What became of a cell: its answer, or the death of the session that ran it. */
export type Outcome = Done | {readonly status: 'died'; readonly death: Death};

export interface SessionProcessListener {
  /** Output of the request that `requestId` (from `run`) names. */
  event: SessionListener;
  /** The session died: what it held open is gone. */
  died(): void;
  /** It did so while no cell ran; a fresh one has been started. */
  diedIdle(death: Death): void;
}

/** How long a process whose pipe has closed may take to exit by itself: its exit code or signal says why. */
const exitWithinMs = 2000;
/** So long a session may take to end what its cells started, and itself. */
const endWithinMs = 1000;

/** The session, started again whenever it dies: the kernel outlives every cell. */
export class SessionProcess {
  private current: RunningSession;
  /** Called when a fresh session has taken the place of one that died; cells wait until its promise settles. */
  replaced: (() => Promise<void>) | undefined;
  /** Where given: ends the URL under which a cell runs, for breakpoints that were set before. */
  keyOf: ((code: string) => string) | undefined;
  private followed: Promise<void> | undefined;
  private runs = 0;
  private ended = false;
  private readonly folder: string;

  /** @param first that was started before there was anything to hear it */
  constructor(
    first: SessionChild,
    private readonly listener: SessionProcessListener,
  ) {
    this.folder = first.folder;
    this.current = this.start(isRunning(first) ? first : undefined);
  }

  /** Runs a cell. `started` is told the id that events of this run carry. */
  async run(cell: Cell, lane: number, started: (requestId: number) => void): Promise<Outcome> {
    if (this.current.dead) this.replace();
    if (this.followed) await this.followed;
    const session = this.current;
    const key = this.keyOf?.(cell.code);
    session.lastWords.forget();
    this.runs++;
    try {
      const outcome = await this.ask(connection => connection.run(key === undefined ? cell : {...cell, key}, started, lane));
      if (outcome.status !== 'died') for (const event of session.lastWords.release()) this.listener.event(event, []);
      return outcome;
    } finally {
      this.runs--;
    }
  }

  /** Hands on a comm message: to a session that died it is of no use. */
  comm(message: CommMessage, buffers: readonly Uint8Array[], started: (requestId: number) => void): Promise<Outcome> {
    return this.ask(connection => connection.comm(message, buffers, started));
  }

  private async ask(request: (connection: SessionConnection) => Promise<Done>): Promise<Outcome> {
    const session = this.current;
    try {
      return await request(session.connection);
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      const death = await session.death;
      return {status: 'died', death};
    }
  }

  reply(reply: InputReply): void {
    this.current.connection.reply(reply);
  }

  /** The debugger's way into the session that runs now. */
  get debugSocket(): Duplex {
    return this.current.debugSocket;
  }

  interrupt(): void {
    this.current.connection.interrupt();
  }

  /** Ends the session for good: when its control pipe closes, it ends what cells started, and itself. */
  async end(): Promise<void> {
    this.ended = true;
    const {process: child} = this.current;
    if (!isRunning({folder: this.folder, process: child})) return;
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.stdio[4]?.destroy();
    const timer = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
    await exited;
    clearTimeout(timer);
  }

  private replace(): void {
    this.current = this.start();
    this.followed = this.replaced?.();
  }

  private start({process: child} = startSession(this.folder)): RunningSession {
    const [, stdout, stderr, requests, control, events, debugSocket] = child.stdio as unknown as [
      null,
      Readable,
      Readable,
      Writable,
      Writable,
      Readable,
      Duplex,
    ];
    debugSocket.on('error', () => {}); // its end says it
    const connection = new SessionConnection({requests, control, events, stdout, stderr});
    const lastWords = new LastWords();
    stderr.on('data', (chunk: Buffer) => lastWords.hear(chunk));
    connection.listen((event, buffers) => {
      for (const heard of lastWords.withoutDump(event)) this.listener.event(heard, heard === event ? buffers : []);
    });
    const session: RunningSession = {
      process: child,
      connection,
      lastWords,
      debugSocket,
      dead: false,
      death: died(child, connection, this.folder, lastWords),
    };
    let ready = false;
    connection.ready.then(
      () => (ready = true),
      () => {},
    );
    void session.death.then(death => {
      session.dead = true;
      debugSocket.destroy(); // nobody may have read its end
      if (this.ended) return;
      this.listener.died();
      // One that never became ready would only die again: the next cell tries.
      if (ready && this.current === session) this.replace();
      if (!this.runs) this.listener.diedIdle(death);
    });
    return session;
  }
}

interface RunningSession {
  readonly process: ChildProcess;
  readonly connection: SessionConnection;
  readonly lastWords: LastWords;
  readonly debugSocket: Duplex;
  dead: boolean;
  readonly death: Promise<Death>;
}

async function died(child: ChildProcess, connection: SessionConnection, folder: string, lastWords: LastWords): Promise<Death> {
  const exited = new Promise<{code: number | null; signal: NodeJS.Signals | null}>(resolve => {
    child.once('exit', (code, signal) => resolve({code, signal}));
    child.once('error', () => resolve({code: null, signal: null}));
  });
  const ended = await connection.ended;
  // A session that broke the protocol cannot be believed any more; one that closed a descriptor of ours lives, and answers nothing.
  let broken = ended.reason === 'protocol' ? ended.message : undefined;
  const kill = (why: string): void => {
    broken ??= why;
    child.kill('SIGKILL');
  };
  const timer = broken === undefined ? setTimeout(kill, exitWithinMs, 'The session closed its connection') : void kill(broken);
  const end = await exited;
  clearTimeout(timer);
  return describeDeath({
    ...end,
    lastWords: lastWords.text,
    ...(broken === undefined ? {} : {broken}),
    ...(existsSync(folder) ? {} : {missingFolder: folder}),
  });
}
