/** One thing that a setup does. It is skipped when done, and may be interrupted at any time: it leaves nothing half-made that `isDone` takes for done. */
export interface Step {
  readonly name: string;
  /** What happens, in words for the user: `Installing JupyterLab`. */
  readonly title: string;
  /** Names of the steps that must have worked. */
  readonly needs: readonly string[];
  isDone(): boolean;
  /** @throws CannotSetUp when this machine lacks something. */
  run(progress: Progress): Promise<void>;
}

/** A live line for the user. */
export interface Progress {
  /** `fraction` from 0 to 1 where it is known. */
  update(detail: string, fraction?: number): void;
  readonly signal: AbortSignal;
}

/** This machine lacks something: what, and how to get it. The setup goes on with what does not need it. */
export class CannotSetUp extends Error {
  override name = 'CannotSetUp';
}

export interface Outcome {
  readonly step: string;
  readonly state: 'already done' | 'done' | 'not possible';
  /** '' unless `not possible`. */
  readonly reason: string;
}

export const fullDiskAdvice = 'The disk is full: free some space, then run the same command again.';

/** How a run of steps is shown. */
export interface Display {
  begin(title: string): {update: Progress['update']; end(problem?: string): void};
}

/** Runs the steps in order, those already done are skipped, and what needs a step that was not possible is not tried. */
export async function runSteps(steps: readonly Step[], display: Display, signal: AbortSignal): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await runStep(step, outcomes, display, signal));
  return outcomes;
}

async function runStep(step: Step, earlier: readonly Outcome[], display: Display, signal: AbortSignal): Promise<Outcome> {
  const missing = earlier.find(outcome => outcome.state === 'not possible' && step.needs.includes(outcome.step));
  if (missing) return {step: step.name, state: 'not possible', reason: missing.reason};
  if (step.isDone()) return {step: step.name, state: 'already done', reason: ''};
  const line = display.begin(step.title);
  try {
    await step.run({update: line.update, signal});
    line.end();
    return {step: step.name, state: 'done', reason: ''};
  } catch (error) {
    const full = isFullDisk(error);
    const reason = full ? fullDiskAdvice : error instanceof Error ? error.message : String(error);
    line.end(signal.aborted ? 'stopped' : reason);
    if (signal.aborted || !(error instanceof CannotSetUp || full)) throw error;
    return {step: step.name, state: 'not possible', reason};
  }
}

function isFullDisk(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
}
