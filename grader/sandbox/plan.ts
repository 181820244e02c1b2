import type {GradingTerms} from '../lesson.ts';
import type {Isolation} from '../results.ts';
import {howToGetBubblewrap, nextIdentity, probeBubblewrap} from './bubblewrap.ts';
import {prepareRuntime} from './runtime.ts';
import type {SandboxPlan} from './sandbox.ts';
import type {SlowStart} from './slow-start.ts';

export interface SandboxWishes {
  readonly lesson: Pick<GradingTerms, 'imports' | 'backend' | 'budgetSeconds' | 'memoryMiB'>;
  readonly isolation: Isolation;
  /** The project's root. */
  readonly root: string;
  /** Told where sandboxes start more slowly than they could. */
  readonly onSlowStart?: (slow: SlowStart) => void;
}

/** How sandboxes of a lesson are made. */
export async function sandboxPlan({lesson, isolation, root, onSlowStart}: SandboxWishes): Promise<SandboxPlan> {
  const runtime = await prepareRuntime(root, lesson.backend);
  if (isolation === 'bubblewrap' && runtime.slow) onSlowStart?.(runtime.slow);
  const inert = ['snapgrid/exercises/*', '../exercises/*', 'snapgrid/display', '@observablehq/plot'];
  return {
    isolation,
    runtime,
    preload: '@tensorflow/tfjs-node-gpu',
    session: {
      allow: [...tensors, ...inert, ...lesson.imports.filter(allowed)],
      inert,
      backend: lesson.backend,
      outputBytes: 2 ** 20,
      secondThread: isolation !== 'bubblewrap',
    },
    limits: {memoryMiB: lesson.memoryMiB, cpuSeconds: lesson.budgetSeconds * 2},
  };
}

/** Tries whether such sandboxes can be made here. @throws Error that says how to get them */
export async function requireSandbox({isolation, runtime}: SandboxPlan): Promise<void> {
  if (isolation !== 'bubblewrap') return;
  const problem = await probeBubblewrap(runtime.mounts, nextIdentity());
  if (problem) throw new Error(`Expected a sandbox for code that nobody checked, got: ${problem}. ${howToGetBubblewrap(problem)}`);
}

const tensors = ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

/** A lesson cannot open by mistake what would give its answers away. */
function allowed(specifier: string): boolean {
  return !/^snapgrid\/(quant|checking|grader|solutions|backend)/.test(specifier);
}
