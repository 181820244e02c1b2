import type {Command} from 'commander';
import {spawn} from 'node:child_process';
import {join, resolve} from 'node:path';
import {graderContext} from './grader-context.ts';
import type {SubmissionResult} from '../grader/results.ts';
import {gradingProgress} from './grading-progress.ts';
import {onSlowStart, summaryLines} from './grading-words.ts';

/** `snapgrid demo`: a class of 40 submissions, honest, wrong and hostile ones, graded before your eyes. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description("write a class of 40 submissions (right, wrong, hostile, broken), grade it and show the class's page")
    .argument('[folder]', 'where it is put', 'demo')
    .option('--no-open', 'do not open the page in a browser')
    .action(async (folder: string, {open}: {open: boolean}) => {
      process.exitCode = await runDemo(resolve(folder), open);
    });
}

async function runDemo(folder: string, open: boolean): Promise<number> {
  const [{grade}, {loadDemoLesson, writeDemoClass}, {unexpected}] = await Promise.all([
    import('../grader/grade.ts'),
    import('../grader/demo/class.ts'),
    import('../grader/demo/compare.ts'),
  ]);
  const lesson = await loadDemoLesson();
  const from = join(folder, 'submissions');
  const to = join(folder, 'results');
  const expected = await writeDemoClass(from, lesson);
  console.log(`Wrote ${expected.length} submissions to ${from}`);
  const progress = gradingProgress(false);
  const results: SubmissionResult[] = [];
  const summary = await grade({
    from,
    to,
    lesson,
    isolation: 'bubblewrap',
    ...(await graderContext()),
    onSlowStart,
    onProgress: step => {
      results.push(step.result);
      progress.step(step);
    },
  }).finally(progress.stop);
  console.log(summaryLines(summary, to).join('\n'));
  const differences = unexpected(expected, results);
  console.log(
    differences.length
      ? `Not as expected:\n${differences.map(line => `  ${line}`).join('\n')}`
      : 'All scores are as expected (submissions/expected.json).',
  );
  if (open && process.stdout.isTTY) openInBrowser(join(to, 'class.html'));
  return differences.length ? 1 : 0;
}

/** Where there is no desktop, the path that was printed has to do. */
function openInBrowser(path: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [path], {stdio: 'ignore', detached: true})
    .on('error', () => undefined)
    .unref();
}
