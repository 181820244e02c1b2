import {type Called, type Done, SessionEnded} from '../../session/wire/connection.ts';
import type {SessionConnection} from '../../session/wire/connection.ts';
import {firstCharacters} from './first-characters.ts';
import {type ReadySandbox, SandboxFailed, type SandboxSource} from '../sandbox/pool.ts';
import {answerTooLarge, brokeItself, budgetUsed, type Loss, lossOf, outOfMemory, ranOutOfMemory, timedOut, tooManyLost} from './limits.ts';
import {Transcript} from './transcript.ts';

/** What became of a cell. */
export interface CellOutcome {
  /** What it threw, for the learner. */
  readonly error?: string;
  /** It was cut, or took its process along. */
  readonly loss?: Loss;
}

const aliveMs = 1000;
/** So many cells of a notebook may lose their sandbox before the rest is left out: a new one is not in the notebook's time. */
const mostOffenders = 16;
/** V8 ends a busy cell in its process so long after the judge's own clock, which decides. */
const afterMs = 100;
/**
 * A frame that announces more than may cross: no attack, since nothing of it was taken.
 * A header beyond the longest string of JavaScript (2^29 bytes) is no frame at all: text that was written to the channel looks like that.
 */
const tooLarge = /payload of at most|header of .* got ([4-9]|\d{2,8}|[1-4]\d{8})$/;

/** Called by checks that ask what an answer did to its inputs; the session's global scope holds the learner's names. */
const inputsAfterCell = `
const snapgridInputsAfter = async ({release}, name, ...args) => {
  const dispose = value => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    if (typeof value.dispose === 'function') value.dispose();
    else Object.values(value).forEach(dispose);
  };
  const result = await (0, eval)(name)(...args);
  if (release) dispose(result);
  return args;
};`;

/**
 * A submission's cells and the sandbox that holds them. When a sandbox is lost, the next one runs the cells again except those that lost one,
 * all within one budget of time by the judge's clock.
 */
export class Workspace {
  readonly outcomes: CellOutcome[];
  readonly transcript = new Transcript();
  /** The submission sent what is no frame of ours while its cells ran: nothing that it says is believed. */
  forged: Loss | undefined;
  private current: ReadySandbox | undefined;
  private readonly offenders = new Set<number>();
  private remainingMs: number;

  constructor(
    private readonly cells: readonly string[],
    private readonly source: SandboxSource,
    budgetMs: number,
  ) {
    this.remainingMs = budgetMs;
    this.outcomes = cells.map(() => ({}));
  }

  /** Runs all cells in order; one that throws, hangs or kills does not keep the next from running. */
  async runCells(): Promise<void> {
    await this.runFrom(0);
    this.transcript.enter(undefined);
  }

  /** A sandbox in which all cells ran, except those that lost one. */
  async connection(): Promise<SessionConnection> {
    if (!this.current && !this.forged) await this.runFrom(this.cells.length);
    if (this.forged || !this.current) throw new WorkspaceLost(this.forged ?? budgetUsed);
    return this.current.connection;
  }

  /** Asks the session for something and waits until `deadline` (by `performance.now()`). A request that takes longer costs the sandbox. */
  async request(ask: (connection: SessionConnection) => Promise<Called>, deadline: number, limitMs: number): Promise<Called | Loss> {
    const connection = await this.connection();
    const answer = await this.within(ask(connection), deadline - performance.now(), timedOut(limitMs));
    if (!('verdict' in answer)) return answer;
    this.discard();
    return answer;
  }

  close(): void {
    this.discard();
  }

  private async runFrom(first: number): Promise<void> {
    for (let next = first; ;) {
      const lost = await this.runUntilLost(next);
      if (lost === undefined) return;
      this.discard();
      if (this.forged) return;
      this.offenders.add(lost);
      next = Math.max(next, lost + 1);
      if (this.offenders.size >= 2 * mostOffenders) return;
    }
  }

  /** Replays the cells before `first` where the sandbox is new, runs the rest; returns the cell that lost the sandbox. */
  private async runUntilLost(first: number): Promise<number | undefined> {
    const fresh = !this.current;
    const spent = this.offenders.size >= mostOffenders;
    this.current ??= await this.take();
    for (let i = fresh ? 0 : first; i < this.cells.length; i++) {
      const replay = i < first;
      // What hung once would hang again.
      if (this.offenders.has(i) || (replay && this.outcomes[i]!.loss?.verdict === 'timeout')) continue;
      this.transcript.enter(replay ? undefined : i);
      const loss = this.remainingMs <= 0 ? budgetUsed : spent && !replay ? tooManyLost : undefined;
      const outcome = loss ? {loss} : await this.runCell(i);
      if (!replay || outcome.loss) this.outcomes[i] = outcome;
      if (outcome.loss && outcome.lostSandbox) return i;
    }
    this.transcript.enter(undefined);
    await this.within(this.current.connection.run({name: 'grader', code: inputsAfterCell, result: false}), aliveMs, budgetUsed);
    return undefined;
  }

  private async runCell(index: number): Promise<CellOutcome & {lostSandbox?: boolean}> {
    const {connection} = this.current!;
    // One endless cell must leave time for the others.
    const limitMs = Math.max(200, this.remainingMs / 2);
    const started = performance.now();
    try {
      const done = await this.within(
        connection.run({name: `cell ${index + 1}`, code: this.cells[index]!, result: false, limitMs: limitMs + afterMs}),
        limitMs,
        timedOut(limitMs),
      );
      if (!('verdict' in done)) return outcomeOf(done);
      if (done.verdict === 'forged') this.forged = done;
      if (done.verdict !== 'timeout') return {loss: done, lostSandbox: true};
      // Stopped in place, its earlier statements keep their effect.
      connection.interrupt();
      const probe = await this.within(connection.run({name: 'grader', code: '0', result: false}), aliveMs, done);
      return {loss: done, lostSandbox: 'verdict' in probe};
    } finally {
      this.remainingMs -= performance.now() - started;
    }
  }

  /** The answer, or why none came: the time is over, or the sandbox ended. */
  private async within<T extends Called | Done>(answer: Promise<T>, ms: number, late: Loss): Promise<T | Loss> {
    const {sandbox} = this.current!;
    let timer: NodeJS.Timeout | undefined;
    const deadline = performance.now() + ms;
    const timeout = new Promise<Loss>(resolve => (timer = setTimeout(resolve, Math.max(0, ms), late)));
    try {
      const first = await Promise.race([answer, timeout]);
      if ('status' in first && first.status === 'error' && first.error.name === 'Interrupted')
        return performance.now() < deadline ? brokeItself : late;
      // A heap that is nearly full makes code slow before it makes it fail.
      return 'verdict' in first && sandbox.nearMemoryLimit() ? outOfMemory : first;
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      const brokeProtocol = error.ended.reason === 'protocol';
      if (brokeProtocol) this.transcript.note(`${error.ended.message}\n`);
      // Its pipe can be closed while the process lives on.
      const kill = setTimeout(() => sandbox.kill(), brokeProtocol ? 0 : aliveMs);
      const end = await sandbox.ended;
      clearTimeout(kill);
      if (end.struck)
        throw new SandboxFailed(`A sandbox was ended from outside (signal ${end.signal}); start again to grade this submission.`);
      return tooLarge.test(error.ended.message) ? answerTooLarge : lossOf(end, brokeProtocol);
    } finally {
      clearTimeout(timer);
      answer.catch(() => undefined);
    }
  }

  private async take(): Promise<ReadySandbox> {
    const attempts = 3;
    for (let attempt = 1; ; attempt++) {
      try {
        const taken = await this.source.take();
        taken.connection.listen(event => this.transcript.hear(event));
        return taken;
      } catch (error) {
        if (!(error instanceof SandboxFailed) || attempt === attempts) throw error;
      }
    }
  }

  private discard(): void {
    this.current?.sandbox.kill();
    this.current = undefined;
  }
}

/** No sandbox can be had any more for this submission. */
export class WorkspaceLost extends Error {
  override name = 'WorkspaceLost';
  constructor(readonly loss: Loss) {
    super(loss.message);
  }
}

const errorCharacters = 4000;

function outcomeOf(done: Done): CellOutcome {
  if (done.status === 'ok') return {};
  const {error} = done;
  const text = error.traceback.length ? error.traceback.join('\n') : `${error.name}: ${error.message}`;
  return {error: firstCharacters(text, errorCharacters), ...(ranOutOfMemory(error) ? {loss: outOfMemory} : {})};
}
