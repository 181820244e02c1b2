import {SessionConnection} from '../../session/wire/connection.ts';
import {type Sandbox, type SandboxEnd, type SandboxPlan, startSandbox} from './sandbox.ts';

/** A sandbox whose session has said that it is ready. */
export interface ReadySandbox {
  readonly sandbox: Sandbox;
  readonly connection: SessionConnection;
}

/** The sandbox ended before it was of any use: the grader's fault or the machine's, not the learner's. */
export class SandboxFailed extends Error {
  override name = 'SandboxFailed';
}

/** Where the judge gets sandboxes from: each is used once. */
export interface SandboxSource {
  take(): Promise<ReadySandbox>;
}

const readyTimeoutMs = 30_000;
const frameLimits = {headerBytes: 8 * 2 ** 20, payloadBytes: 64 * 2 ** 20, headerMembers: 2 ** 18};

/** Keeps up to `width` sandboxes started ahead, with tensors loaded, as long as submissions are expected that need one. */
export class SandboxPool implements SandboxSource {
  private readonly starting: Promise<ReadySandbox>[] = [];
  private closed = false;

  constructor(
    private readonly plan: SandboxPlan,
    private readonly width: number,
    private expected: number,
  ) {
    this.fill();
  }

  async take(): Promise<ReadySandbox> {
    const taken = this.starting.shift() ?? start(this.plan);
    this.fill();
    return taken;
  }

  /** Ends those that nobody took. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(
      this.starting.splice(0).map(one =>
        one.then(
          ({sandbox}) => end(sandbox),
          () => undefined,
        ),
      ),
    );
  }

  private fill(): void {
    while (!this.closed && this.starting.length < this.width && this.expected > 0) {
      this.expected--;
      const one = start(this.plan);
      one.catch(() => undefined); // told to whoever takes it
      this.starting.push(one);
    }
  }
}

async function start(plan: SandboxPlan): Promise<ReadySandbox> {
  const sandbox = startSandbox(plan);
  const connection = new SessionConnection(sandbox.streams, {frameLimits});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new SandboxFailed(`Expected a sandbox within ${readyTimeoutMs / 1000} s, got none; is the machine overloaded?`)),
      readyTimeoutMs,
    );
  });
  const ended = sandbox.ended.then((ended): never => {
    throw new SandboxFailed(`Expected a sandbox, got one that ended at once (${describeEnd(ended)}); snapgrid doctor says what is missing`);
  });
  try {
    const loaded = connection.ready.then(() => connection.run({name: 'start', code: `import '${plan.preload}';`, result: false}));
    const done = await Promise.race([loaded, late, ended]);
    if (done.status === 'error')
      throw new SandboxFailed(`Expected tensors to load in the sandbox, got: ${done.error.message}; snapgrid doctor says what is missing`);
    return {sandbox, connection};
  } catch (error) {
    sandbox.kill();
    throw error instanceof SandboxFailed
      ? error
      : await ended.catch((failed: unknown) => failed as Error).then(failed => Promise.reject(failed));
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}

async function end(sandbox: Sandbox): Promise<void> {
  sandbox.kill();
  await sandbox.ended;
}

function describeEnd({code, signal, lastWords}: SandboxEnd): string {
  const how = signal ? `signal ${signal}` : `code ${code}`;
  return lastWords.trim() ? `${how}: ${lastWords.trim().slice(-500)}` : how;
}
