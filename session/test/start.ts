import {type ChildProcess, spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import type {Readable, Writable} from 'node:stream';
import {type Called, type Done, SessionConnection} from '../wire/connection.ts';
import type {Event} from '../wire/messages.ts';
import {sessionCommand, type SessionOptions} from '../wire/options.ts';

const started = new Set<TestSession>();

/** A real session (dist/session/main.js: build first) and what it said. */
export class TestSession {
  readonly connection: SessionConnection;
  readonly child: ChildProcess;
  readonly events: Event[] = [];
  private readonly cells: number[] = [];

  constructor(options: Partial<SessionOptions> = {}) {
    const {args} = sessionCommand({folder: tmpdir(), display: true, backend: 'cpu', ...options});
    this.child = spawn(process.env['SNAPGRID_TEST_NODE'] ?? process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    const [, stdout, stderr, requests, control, events] = this.child.stdio as unknown as [
      null,
      Readable,
      Readable,
      Writable,
      Writable,
      Readable,
    ];
    this.connection = new SessionConnection({requests, control, events, stdout, stderr});
    this.connection.listen(event => this.events.push(event));
    started.add(this);
  }

  run(code: string, name = 'In [1]'): Promise<Done> {
    return this.connection.run({name, code, result: true}, id => this.cells.push(id));
  }

  /** The last expression's value as text, or the error's traceback. */
  async text(code: string, name?: string): Promise<string> {
    const done = await this.run(code, name);
    return done.status === 'error' ? done.error.traceback.join('\n') : String(done.bundle?.['text/plain'] ?? '');
  }

  async value(target: string, ...args: Parameters<SessionConnection['call']>[1]): Promise<unknown> {
    return result(await this.connection.call(target, args));
  }

  /** What was printed, on both streams or one, by one cell (counted from 1) or all. */
  printed({name, cell}: {name?: 'stdout' | 'stderr'; cell?: number} = {}): string {
    return this.events
      .flatMap(e =>
        e.type === 'stream' && (!name || e.name === name) && (cell === undefined || e.id === this.cells[cell - 1]) ? [e.text] : [],
      )
      .join('');
  }

  /** Waits until what was printed contains the text. */
  async prints(text: string): Promise<void> {
    while (!this.printed().includes(text)) await new Promise(resolve => setTimeout(resolve, 10));
  }

  stop(): void {
    this.child.stdio[4]?.destroy();
    this.child.kill('SIGKILL');
    started.delete(this);
  }
}

export const result = (called: Called): unknown =>
  called.status === 'ok' ? called.value : `${called.error.name}: ${called.error.message}`;

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

export function stopAll(): void {
  for (const session of started) session.stop();
}
