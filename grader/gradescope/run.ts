import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AssignmentToKeep} from '../assignment.ts';
import {grade, type GradeOptions} from '../grade.ts';
import {eachGraded, type GradedLearner} from '../gradebook/grades.ts';
import {withGradebook} from '../gradebook/reading.ts';
import {replaceFile} from '../results-folder.ts';
import {requireSandbox, sandboxPlan} from '../sandbox/plan.ts';
import {collectSubmissions} from '../submission/collect.ts';
import {readMetadata} from './metadata.ts';
import {type GradescopeResults, gradescopeResults, nothingToGrade} from './results.ts';

export interface GradescopeOptions extends Omit<GradeOptions, 'from' | 'to' | 'handedIn' | 'assignment'> {
  /** `/autograder`, or what stands for it. */
  readonly folder: string;
  readonly assignment: AssignmentToKeep;
}

/**
 * Grades the submission in Gradescope's container and writes its `results.json`. Due is what the manifest says, else what Gradescope says.
 * @throws Error where nothing was graded for a fault of ours: Gradescope then shows that the autograder failed
 */
export async function runInGradescope({folder, assignment: given, ...options}: GradescopeOptions): Promise<GradescopeResults> {
  const metadata = await readMetadata(join(folder, 'submission_metadata.json'));
  const from = join(folder, 'submission');
  const files = await collectSubmissions(from);
  if (!files.length) return write(nothingToGrade(options.lesson.lesson.slug, (await readdir(from)).sort()), folder);
  const to = await mkdtemp(join(tmpdir(), 'snapgrid-gradescope-'));
  try {
    const {assignment} = given;
    const due = assignment.due ?? metadata.due;
    // Without a due time a late policy has nothing to count from.
    const dated = {...given, assignment: due === undefined ? assignment : {...assignment, due}};
    const submitted = {at: metadata.submittedAt, from: 'gradescope', warnings: []} as const;
    const handedIn = files.map(file => ({file: {...file, learner: metadata.learner}, submitted}));
    const summary = await grade({...options, from, to, assignment: dated, handedIn});
    if (summary.faults) throw new Error(summary.firstNotGraded[0]?.reason ?? 'Expected a sandbox, got none');
    const own = await withGradebook(to, gradebook => only(eachGraded(gradebook, summary.assignment, {checks: true})));
    return await write(gradescopeResults(own), folder);
  } finally {
    await rm(to, {recursive: true, force: true});
  }
}

async function write(results: GradescopeResults, folder: string): Promise<GradescopeResults> {
  await replaceFile(join(folder, 'results', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

/**
 * Makes the sandbox's runtime folder, which else every submission's container would make anew. Returns what to say: where the container is built
 * other rights may hold than where it runs, so that a sandbox that does not work there is no failure yet.
 */
export async function prepareForGradescope({lesson, isolation, root, onSlowStart}: Omit<GradescopeOptions, 'folder'>): Promise<string> {
  const plan = await sandboxPlan({lesson, isolation, root, ...(onSlowStart === undefined ? {} : {onSlowStart})});
  return requireSandbox(plan).then(
    () => `Ready to grade ${lesson.lesson.slug}`,
    (error: Error) => `Where this container is built, no submission could be graded: ${error.message}`,
  );
}

/** There is one learner here. */
async function only(learners: AsyncIterable<GradedLearner>): Promise<GradedLearner> {
  for await (const learner of learners) return learner;
  throw new Error("Expected a submission in Gradescope's folder, found none");
}
