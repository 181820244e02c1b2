import {createHmac, createHash} from 'node:crypto';
import {runTask} from '../../checking/run.ts';
import type {Lesson, Task, TaskResult} from '../../checking/types.ts';
import type {SandboxSource} from '../sandbox/pool.ts';
import type {Loss} from './limits.ts';
import {SandboxLearner} from './sandbox-learner.ts';
import {type CellOutcome, Workspace, WorkspaceLost} from './workspace.ts';

/** What the judge is given of a notebook. */
export interface Answers {
  readonly cells: readonly string[];
  /** Task → the cell that answers it. */
  readonly answeredBy: ReadonlyMap<string, number>;
}

export interface Judgement {
  readonly tasks: readonly TaskResult[];
  readonly cells: readonly {readonly output: string; readonly error?: string}[];
  readonly capped: boolean;
  /** For the instructor only. */
  readonly log: string;
}

/** Runs a submission's cells in a sandbox and its lesson's checks here, outside of it. */
export async function judge(lesson: Lesson, answers: Answers, source: SandboxSource, budgetMs: number, seed: string): Promise<Judgement> {
  const workspace = new Workspace(answers.cells, source, budgetMs);
  try {
    await workspace.runCells();
    workspace.transcript.hide();
    const tasks: TaskResult[] = [];
    for (const task of lesson.tasks) {
      const cell = answers.answeredBy.get(task.name);
      tasks.push(cell === undefined ? unanswered(task) : await judgeTask(task, workspace, workspace.outcomes[cell], seed));
    }
    const cells = workspace.outcomes.map((outcome, i) => ({output: workspace.transcript.output(i), ...errorOf(outcome)}));
    return {tasks, cells, capped: workspace.transcript.capped, log: workspace.transcript.log};
  } finally {
    workspace.close();
  }
}

async function judgeTask(task: Task, workspace: Workspace, answer: CellOutcome | undefined, seed: string): Promise<TaskResult> {
  const learner = new SandboxLearner(workspace, task.name, task.timeoutMs, answer);
  try {
    await learner.begin();
  } catch (error) {
    if (error instanceof WorkspaceLost) return lostTask(task, answer?.loss ?? error.loss);
    throw error;
  }
  return runTask(task, learner, seed);
}

function unanswered(task: Task): TaskResult {
  return lostTask(task, {verdict: 'error', message: `Expected a cell that declares ${task.name}, found none in this notebook.`});
}

function lostTask(task: Task, {verdict, message}: Loss): TaskResult {
  const checks = task.checks.map(({name, points}) => ({name, points: 0, max: points, verdict, message}));
  return {task: task.name, title: task.title, points: 0, max: checks.reduce((sum, check) => sum + check.max, 0), verdict, checks};
}

function errorOf({error, loss}: CellOutcome): {error?: string} {
  const text = error ?? loss?.message;
  return text === undefined ? {} : {error: text};
}

/** Hidden inputs' seed: the same on a regrade, new on every attempt, different per learner. */
export function hiddenSeed(secret: string, learner: string, lesson: string, version: number, contentHash: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify([learner, lesson, version, contentHash]))
    .digest('hex');
}

/** Tells seeds apart and gives none away. */
export function seedId(seed: string): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, 8);
}
