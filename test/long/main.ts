import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {hashSources, type LongResult, type LongStep, longSteps, readResults, resultsFile} from './steps.ts';
import {projectRoot} from '../../project/root.ts';

/**
 * `npm run test:long`: runs each step whose sources changed since its last clean run; killed and run again, it goes on where it was.
 * `npm run test:long -- cells wasm` takes the steps with one of these words in their names.
 */
function main(words: readonly string[]): void {
  for (const [index, step] of longSteps.entries()) {
    if (words.length > 0 && !words.some(word => step.name.includes(word))) continue;
    const sources = hashSources(step);
    const earlier = readResults().find(result => result.step === step.name);
    if (earlier?.sources === sources && isClean(earlier)) {
      console.log(`[${index + 1}/${longSteps.length}] ${step.name}: done on ${earlier.date}`);
      continue;
    }
    console.log(`[${index + 1}/${longSteps.length}] ${step.name} …`);
    const result = runStep(step, sources);
    keep(result);
    console.log(`    ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${result.seconds} s`);
    if (!isClean(result)) process.exitCode = 1;
  }
}

/** In the steps' order; what belongs to a step that is no more goes. */
function keep(result: LongResult): void {
  const results = [...readResults().filter(({step}) => step !== result.step), result];
  const inOrder = longSteps.flatMap(({name}) => results.filter(({step}) => step === name));
  writeFileSync(resultsFile, `${JSON.stringify(inOrder, null, 2)}\n`);
}

function isClean(result: LongResult): boolean {
  return result.failed === 0 && result.skipped === 0 && result.passed > 0;
}

/** What of vitest's report in JSON is read here. */
interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {readonly status: string; readonly fullName: string}[];
  }[];
}

function runStep(step: LongStep, sources: string): LongResult {
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-long-'));
  const report = join(folder, 'report.json');
  const node = step.node ? nodeFromNpm(step.node) : process.execPath;
  const started = Date.now();
  spawnSync(
    node,
    [
      join(projectRoot, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...step.folders,
    ],
    {
      cwd: projectRoot,
      stdio: 'inherit',
      env: {...process.env, ...step.environment},
    },
  );
  const counts = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report) : {};
  for (const {name, assertionResults} of counts.testResults ?? [])
    for (const {status, fullName} of assertionResults)
      if (status !== 'passed') console.log(`    ${status}: ${relative(projectRoot, name)} > ${fullName}`);
  rmSync(folder, {recursive: true});
  return {
    step: step.name,
    date: new Date().toISOString().slice(0, 10),
    node: spawnSync(node, ['--version'], {encoding: 'utf8'}).stdout.trim(),
    seconds: Math.round((Date.now() - started) / 1000),
    passed: counts.numPassedTests ?? 0,
    failed: counts.numFailedTests ?? 1,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
    sources,
  };
}

/** Node's own binary, as npm carries it, in the project's cache. */
function nodeFromNpm(major: number): string {
  const folder = join(projectRoot, '.snapgrid/node', String(major));
  const name = `node-${process.platform}-${process.arch}`;
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(binary)) spawnSync('npm', ['install', '--no-save', '--prefix', folder, `${name}@${major}`], {stdio: 'inherit'});
  if (!existsSync(binary)) throw new Error(`Expected npm to install Node ${major} as ${name}@${major}, found no ${binary}`);
  return binary;
}

main(process.argv.slice(2));
