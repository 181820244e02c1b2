import {type Instance, type Learner, LearnerThrew, TaskLost} from '../../checking/types.ts';
import type {Called, SessionConnection} from '../../session/wire/connection.ts';
import type {ThrownError} from '../../session/wire/messages.ts';
import {isTensorData, type Plain, type TensorData} from '../../session/wire/plain.ts';
import {type Loss, outOfMemory, ranOutOfMemory} from './limits.ts';
import {type CellOutcome, type Workspace, WorkspaceLost} from './workspace.ts';

/**
 * A learner whose code runs in a sandbox. It hands on plain data and draws no conclusions; time is the judge's.
 * What the code threw goes to the instructor's log: its words could carry hidden inputs out. The learner reads what kind of error it was.
 */
export class SandboxLearner implements Learner {
  private deadline = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly task: string,
    private readonly timeoutMs: number,
    /** What became of the cell that answers the task. */
    private readonly answer: CellOutcome | undefined,
  ) {}

  /** Starts the task's clock, in a sandbox that has run the cells. */
  async begin(): Promise<void> {
    await this.workspace.connection();
    this.deadline = performance.now() + this.timeoutMs;
  }

  async call(name: string, ...args: readonly Plain[]): Promise<Plain> {
    return this.ask(name, connection => connection.call(name, args));
  }

  async inputsAfter(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]> {
    return this.askInputs(name, args, {release: false});
  }

  async inputsAfterRelease(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]> {
    return this.askInputs(name, args, {release: true});
  }

  async construct(name: string, ...args: readonly Plain[]): Promise<Instance> {
    const handle = await this.ask(name, connection => connection.construct(name, args));
    if (typeof handle !== 'number') throw new TaskLost('forged', 'Expected an instance, got something else from the session.');
    return {invoke: (method, ...given) => this.ask(`${name}.${method}`, connection => connection.invoke(handle, method, given))};
  }

  async gradient(name: string, args: readonly Plain[], wrt: readonly number[], dy: TensorData): Promise<TensorData[]> {
    const gradients = await this.ask(name, connection => connection.gradient(name, args, wrt, dy));
    if (!Array.isArray(gradients) || gradients.length !== wrt.length || !gradients.every(isTensorData))
      throw new TaskLost('forged', 'Expected gradients, got something else from the session.');
    return gradients as TensorData[];
  }

  /** Calls `name` by the workspace's own function, which gives its arguments back; `release` disposes the result before that. */
  private async askInputs(name: string, args: readonly Plain[], options: {readonly release: boolean}): Promise<readonly Plain[]> {
    const after = await this.ask(name, connection => connection.call('snapgridInputsAfter', [options, name, ...args]));
    if (!Array.isArray(after) || after.length !== args.length)
      throw new LearnerThrew(`${name} took its inputs away; return a new value and leave them as they are.`);
    return after;
  }

  private async ask(name: string, request: (connection: SessionConnection) => Promise<Called>): Promise<Plain> {
    const answer = await this.workspace.request(request, this.deadline, this.timeoutMs).catch(error => {
      if (error instanceof WorkspaceLost) return error.loss;
      throw error;
    });
    if ('verdict' in answer) throw lost(answer);
    if (answer.status === 'ok') return answer.value;
    this.workspace.transcript.note(`${this.task}: ${answer.error.traceback.join('\n') || answer.error.message}\n`);
    if (ranOutOfMemory(answer.error)) throw lost(outOfMemory);
    // The cell that would have declared it was cut: that, not the missing name, is what happened.
    if (this.answer?.loss) throw lost(this.answer.loss);
    if (this.answer?.error !== undefined)
      throw new LearnerThrew(`The cell of ${this.task} did not run to its end: ${firstLine(this.answer.error)}`);
    throw new LearnerThrew(describe(name, answer.error));
  }
}

const standardErrors = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'EvalError',
  'URIError',
  'AggregateError',
]);

function describe(name: string, {name: kind}: ThrownError): string {
  if (kind === 'ValueError')
    return `${name} returned a value that cannot be graded; return numbers, strings, tensors that are not disposed, lists or records of those.`;
  if (kind === 'ReferenceError')
    return `${name} is not defined, or it uses a name that is not; run your notebook from top to bottom in a new session.`;
  return `${name} threw ${standardErrors.has(kind) ? `${/^[AE]/.test(kind) ? 'an' : 'a'} ${kind}` : 'an error'} on the grader's inputs; try it on other shapes and values than the notebook's.`;
}

function firstLine(text: string): string {
  return (text.split('\n').find(line => line.trim()) ?? '').slice(0, 300);
}

function lost({verdict, message}: Loss): TaskLost {
  return new TaskLost(verdict, message);
}
