import type {Plain, TensorData} from '../session/wire/plain.ts';
import type {Draw} from '../data/draw.ts';

/**
 * A check is written once and runs in two places: in a notebook on the functions of its session with the public seed,
 * and in the grader's judge on a sandbox at the other end of a pipe, with a secret one. So it sees plain data only.
 */

/** The learner's code, wherever it runs. Tensors go in and come out as `TensorData`. */
export interface Learner {
  /** Calls the function `name`. @throws LearnerThrew, TaskLost */
  call(name: string, ...args: readonly Plain[]): Promise<Plain>;
  /**
   * Calls the function `name` and gives back its arguments as the call left them, so that a check can see an answer that changes its inputs.
   * Over a pipe: call a function of the host's own, `async (name, ...args) => (await (0, eval)(name)(...args), args)`.
   * @throws LearnerThrew also where an argument was disposed.
   */
  inputsAfter(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]>;
  /**
   * As `inputsAfter`, with every tensor of the result disposed before the arguments are read, as a caller does who needs the result no more.
   * @throws LearnerThrew also where an argument went with the result, because it was one and the same tensor.
   */
  inputsAfterRelease(name: string, ...args: readonly Plain[]): Promise<readonly Plain[]>;
  /** Makes an instance of the class `name`. */
  construct(name: string, ...args: readonly Plain[]): Promise<Instance>;
  /** The gradients of sum(name(...args) · dy) with respect to the tensors at the positions `wrt` of `args`. */
  gradient(name: string, args: readonly Plain[], wrt: readonly number[], dy: TensorData): Promise<TensorData[]>;
}

export interface Instance {
  invoke(method: string, ...args: readonly Plain[]): Promise<Plain>;
}

export type Comparison = '<=' | '<' | '>=' | '>' | '==';

/** One number held to a threshold. A message says what a wrong answer got wrong and names the misconception; it holds no hidden input and no expected value. */
export interface Measurement {
  readonly measured: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** `codes`, `points of accuracy`, `× scale` … */
  readonly unit: string;
  /** Shown when the measurement misses its threshold. */
  readonly message: string;
  /** What the measured value was reached with, where less is better too. The class's page draws both: who is on the Pareto front? */
  readonly cost?: Cost;
  /** It shows that the answer does no harm, which an answer that does nothing shows as well: it counts once another check of its task has passed. */
  readonly guard?: true;
  /** What a picture can show of it: numbers that the learner may see. Only a notebook's check() draws it. */
  readonly picture?: MeasurementPicture;
}

export interface Cost {
  readonly value: number;
  /** `bytes` */
  readonly unit: string;
}

export interface MeasurementPicture {
  readonly title: string;
  readonly series: readonly {
    readonly label: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly mark: 'line' | 'dot' | 'bar';
  }[];
}

export interface Check {
  /** A claim about the answer: `codes are the nearest grid points`. Unique within its task. */
  readonly name: string;
  readonly points: number;
  /** Called with fresh inputs from `draw`; throws WrongAnswer where the answer has no number to measure (wrong shape, not a tensor). */
  readonly measure: (learner: Learner, draw: Draw) => Promise<Measurement>;
}

export interface Task {
  /** The name that the learner's answer exports. */
  readonly name: string;
  readonly title: string;
  readonly checks: readonly Check[];
  /** Wall time for all of the task's checks together. */
  readonly timeoutMs: number;
}

export interface Lesson {
  /** The folder's name: `04-int8-from-scratch`. */
  readonly slug: string;
  readonly tasks: readonly Task[];
}

/** The learner is wrong in a way that has no measured value: verdict `failed`. */
export class WrongAnswer extends Error {
  override name = 'WrongAnswer';
}

/** The learner's code threw: verdict `error`. The message is the learner's own. */
export class LearnerThrew extends Error {
  override name = 'LearnerThrew';
}

/** The process that held the learner's code is gone or was cut off. */
export class TaskLost extends Error {
  override name = 'TaskLost';
  constructor(
    readonly verdict: 'timeout' | 'memory' | 'error' | 'forged' | 'infrastructure',
    message: string,
  ) {
    super(message);
  }
}

export type Verdict = 'passed' | 'failed' | 'error' | 'timeout' | 'memory' | 'forged' | 'infrastructure';

export interface CheckResult {
  readonly name: string;
  readonly points: number;
  readonly max: number;
  readonly verdict: Verdict;
  /** Missing where nothing could be measured. `margin` is positive on the passing side, in the check's unit. */
  readonly measurement?: {
    readonly measured: number;
    readonly comparison: Comparison;
    readonly threshold: number;
    readonly margin: number;
    readonly unit: string;
    readonly cost?: Cost;
  };
  /** Empty when passed. */
  readonly message: string;
}

export interface TaskResult {
  readonly task: string;
  readonly title: string;
  readonly points: number;
  readonly max: number;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}
