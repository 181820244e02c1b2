import {mkdir} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Gradebook} from './gradebook/gradebook.ts';
import {lockFolder} from './gradebook/lock.ts';
import {gradeSubmission, type Graded, type GradingContext} from './grade-submission.ts';
import type {GradedLesson} from './lesson.ts';
import type {Isolation, SubmissionResult} from './results.ts';
import {writeClass, writeSubmission} from './results-folder.ts';
import {howToGetBubblewrap, nextIdentity, probeBubblewrap} from './sandbox/bubblewrap.ts';
import {SandboxPool} from './sandbox/pool.ts';
import {prepareRuntime} from './sandbox/runtime.ts';
import type {SandboxPlan} from './sandbox/sandbox.ts';
import {collectSubmissions, type SubmissionFile} from './submission/collect.ts';

export interface GradeOptions {
  /** A notebook, or a folder of submissions. */
  readonly from: string;
  /** The folder of results. */
  readonly to: string;
  readonly lesson: GradedLesson;
  readonly isolation: Isolation;
  readonly secret: string;
  readonly graderVersion: string;
  /** The project's root. */
  readonly root: string;
  /** How many submissions are graded at once; the machine's cores where not given. */
  readonly width?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Once aborted, what runs is finished and nothing new is started. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** The one that was just finished. */
  readonly result: SubmissionResult;
  /** It had been graded by an earlier run. */
  readonly reused: boolean;
}

export interface GradeSummary {
  /** By learner. */
  readonly results: readonly SubmissionResult[];
  /** Submissions that an interruption left ungraded; start again to grade them. */
  readonly left: number;
  /** Submissions that were not graded through a fault of ours; start again to retry them. */
  readonly faults: number;
}

/** The isolation that was asked for does not work here. */
export class IsolationMissing extends Error {
  override name = 'IsolationMissing';
}

/** Grades a class: every submission once, whatever happens in between. Never fails for what a submission holds. */
export async function grade(options: GradeOptions): Promise<GradeSummary> {
  const {lesson, to, signal} = options;
  const files = await collectSubmissions(options.from);
  if (!files.length)
    throw new Error(`Expected notebooks (.ipynb) in ${options.from}, found none; see snapgrid grade --help for how a folder is laid out`);
  const width = Math.min(options.width ?? availableParallelism(), files.length);
  const plan = await sandboxPlan(options);
  await mkdir(to, {recursive: true}).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected to make the folder ${to} for results, got ${cause.code}; choose another with --to`, {cause});
  });
  const unlock = lockFolder(to);
  const gradebook = await Gradebook.open(join(to, 'gradebook.sqlite')).catch((error: unknown) => {
    unlock();
    throw error;
  });
  const pool = new SandboxPool(plan, width, oneEach(files).length);
  try {
    const context: GradingContext = {
      lesson,
      isolation: options.isolation,
      secret: options.secret,
      graderVersion: options.graderVersion,
      source: pool,
      gradebook,
    };
    const results: SubmissionResult[] = [];
    let faults = 0;
    const queue = oneEach(files).map(one => ({...one, tries: 3}));
    const total = queue.length;
    const worker = async (): Promise<void> => {
      while (!signal?.aborted) {
        const next = queue.shift();
        if (!next) return;
        const {result, log, reused, ours}: Graded = await gradeSubmission(next.file, next.warnings, context);
        // The machine's fault may be over by the time that the others are done.
        if (ours && !signal?.aborted && --next.tries > 0) {
          queue.push(next);
          continue;
        }
        await writeSubmission(to, result, lesson.title, log);
        results.push(result);
        if (ours) faults++;
        options.onProgress?.({done: results.length, total, result, reused});
      }
    };
    await Promise.all(Array.from({length: width}, worker));
    results.sort((a, b) => compare(a.learner, b.learner) || compare(a.file, b.file));
    await writeClass(to, results, {title: lesson.title, slug: lesson.lesson.slug});
    return {results, left: queue.length, faults};
  } finally {
    await pool.close();
    await gradebook.close();
    unlock();
  }
}

/** How sandboxes of a lesson are made. @throws IsolationMissing */
export async function sandboxPlan({lesson, isolation, root}: Pick<GradeOptions, 'lesson' | 'isolation' | 'root'>): Promise<SandboxPlan> {
  const runtime = await prepareRuntime(root, lesson.backend);
  if (isolation === 'bubblewrap') {
    const problem = await probeBubblewrap(runtime.mounts, nextIdentity());
    if (problem) throw new IsolationMissing(`Expected a sandbox for code that nobody checked, got: ${problem}. ${howToGetBubblewrap}`);
  }
  const inert = ['snapgrid/exercises/*', '../exercises/*', 'snapgrid/display', '@observablehq/plot'];
  return {
    isolation,
    runtime,
    preload: '@tensorflow/tfjs-node-gpu',
    session: {allow: [...tensors, ...inert, ...lesson.imports.filter(allowed)], inert, backend: lesson.backend, outputBytes: 2 ** 20},
    limits: {memoryMiB: lesson.memoryMiB, cpuSeconds: lesson.budgetSeconds * 2},
  };
}

const tensors = ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

/** A lesson cannot open by mistake what would give its answers away. */
function allowed(specifier: string): boolean {
  return !/^snapgrid\/(quant|checking|grader|solutions|backend)/.test(specifier);
}

/** Of a learner's several files the last by name counts. */
function oneEach(files: readonly SubmissionFile[]): {file: SubmissionFile; warnings: string[]}[] {
  const last = new Map<string, {file: SubmissionFile; warnings: string[]}>();
  for (const file of files) {
    const earlier = last.get(file.learner);
    const warnings = earlier ? [...earlier.warnings, `${earlier.file.file} is another file of this learner and was not graded.`] : [];
    last.set(file.learner, {file, warnings});
  }
  return [...last.values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
