import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {chown, mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import type {Notebook} from '../../exercises/build/index.ts';
import {grade, type GradeOptions, type GradeSummary} from '../grade.ts';
import {folderOf} from '../results-folder.ts';
import {parseResult, type SubmissionResult} from '../results.ts';
import {howToGetBubblewrap, nextIdentity, probeBubblewrap} from '../sandbox/bubblewrap.ts';
import {prepareRuntime} from '../sandbox/runtime.ts';
import {gradedSmallLesson} from './small-lesson.ts';

/** What is missing for tests that need a sandbox, with the command that gets it; undefined where nothing is. */
export async function missingSandbox(): Promise<string | undefined> {
  const {mounts} = await prepareRuntime(projectRoot, 'cpu');
  const problem = await probeBubblewrap(mounts, nextIdentity());
  if (problem) console.warn(`Sandbox tests are skipped: ${problem}. ${howToGetBubblewrap(problem)}`);
  return problem;
}

/** A folder of submissions and one of results, for a test. */
export class TestClass {
  private constructor(
    readonly folder: string,
    readonly submissions: string,
    readonly results: string,
  ) {}

  static async make(notebooks: Readonly<Record<string, Notebook | string>>): Promise<TestClass> {
    const folder = await mkdtemp(join(tmpdir(), 'snapgrid-class-'));
    const made = new TestClass(folder, join(folder, 'submissions'), join(folder, 'results'));
    await mkdir(made.submissions);
    for (const [name, content] of Object.entries(notebooks))
      await writeFile(join(made.submissions, `${name}_small.ipynb`), typeof content === 'string' ? content : JSON.stringify(content));
    return made;
  }

  /** The results are the whole ones, from the files that were written. */
  async grade(change: Partial<GradeOptions> = {}): Promise<GradeSummary & {readonly results: SubmissionResult[]}> {
    const summary = await grade({
      from: this.submissions,
      to: this.results,
      lesson: gradedSmallLesson,
      isolation: 'bubblewrap',
      secret: '5e'.repeat(32),
      graderVersion: '0',
      root: projectRoot,
      ...change,
    });
    const written = summary.learners.map(learner => join(change.to ?? this.results, folderOf(learner), 'result.json')).filter(existsSync);
    return {...summary, results: written.map(path => parseResult(readFileSync(path, 'utf8')))};
  }

  /** Grades as somebody without root's rights does, in a process of that user. */
  async gradeAs(uid: number): Promise<SubmissionResult[]> {
    await chown(this.folder, uid, uid);
    const program = join(projectRoot, 'dist/grader/test/batch-process.js');
    const child = spawn(process.execPath, [program, this.submissions, this.results], {
      uid,
      gid: uid,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
    if (code !== 0) throw new Error(`Expected user ${uid} to grade, got exit code ${code}`);
    return (await readdir(this.results))
      .map(name => join(this.results, name, 'result.json'))
      .filter(existsSync)
      .map(path => parseResult(readFileSync(path, 'utf8')));
  }

  file(path: string): string {
    return readFileSync(join(this.results, path), 'utf8');
  }

  async files(): Promise<string[]> {
    return (await readdir(this.results)).sort();
  }

  async remove(): Promise<void> {
    await rm(this.folder, {recursive: true, force: true});
  }
}

export function byLearner(results: readonly SubmissionResult[]): Map<string, SubmissionResult> {
  return new Map(results.map(result => [result.learner, result]));
}

/** Points and verdicts in one line: what a failing test shows. */
export function scoreLine({points, status, reason, tasks}: SubmissionResult): string {
  return status === 'graded' ? `${points} ${tasks.map(task => `${task.task}:${task.verdict}`).join(' ')}` : `not graded: ${reason}`;
}
