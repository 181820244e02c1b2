import {join} from 'node:path';
import {cacheFolder} from '../cache-folder.ts';
import {terminalDisplay} from './display.ts';
import {jupyterStep, kernelStep, settingsStep} from './jupyter.ts';
import {withLock} from './lock.ts';
import {pythonStep} from './python.ts';
import {type Outcome, runSteps, type Step} from './step.ts';
import {tensorflowSteps} from './tensorflow.ts';

/** `tensors`: TensorFlow and its addon. `jupyter`: these, JupyterLab and the kernel in it. `tests`: these and what tests need. */
export type SetupGoal = 'tensors' | 'jupyter' | 'tests';

/**
 * Sets up what is not there yet, showing each step; a few milliseconds when all is there. What this machine cannot have is reported and
 * returned, not thrown. Ctrl-C ends the children, says how to go on, and ends the process.
 */
export async function setUp(goal: SetupGoal): Promise<readonly Outcome[]> {
  const steps = stepsFor(goal);
  if (steps.every(step => step.isDone())) return steps.map(step => ({step: step.name, state: 'already done', reason: ''}));
  const abort = new AbortController();
  const stop = (signal: NodeJS.Signals): void => abort.abort(new Stopped(signal));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const lock = join(cacheFolder, 'locks', 'setup');
  const onWait = (): void => console.error(`Waiting for another snapgrid that is setting up (${lock})`);
  try {
    const outcomes = await withLock(lock, onWait, abort.signal, () => runSteps(steps, terminalDisplay(), abort.signal));
    sayWhatIsMissing(outcomes);
    return outcomes;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    console.error('Stopped. Run the same command again to continue.');
    return process.exit(abort.signal.reason instanceof Stopped && abort.signal.reason.signal === 'SIGINT' ? 130 : 143);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

class Stopped extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

function stepsFor(goal: SetupGoal): readonly Step[] {
  if (goal === 'tensors') return [pythonStep, ...tensorflowSteps()];
  return [pythonStep, jupyterStep({forTests: goal === 'tests'}), settingsStep, kernelStep, ...tensorflowSteps()];
}

function sayWhatIsMissing(outcomes: readonly Outcome[]): void {
  const missing = (name: string): boolean => outcomes.some(({step, state}) => step === name && state === 'not possible');
  if (missing('addon') || missing('tensorflow'))
    console.error('Tensors run on WebAssembly meanwhile: everything works, slower, and some nets cannot be trained.');
  if (missing('jupyter')) console.error('Everything but JupyterLab works.');
}
