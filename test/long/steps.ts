import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {projectRoot} from '../../project/root.ts';

/** The long tests: what `npm test` leaves out because it takes too long to run on every change. */
export interface LongStep {
  readonly name: string;
  /** Folders or files with vitest tests. */
  readonly folders: readonly string[];
  /** What these tests run: where anything of it changes, the step's result is out of date. */
  readonly sources: readonly string[];
  /** Another Node than the one that runs, by its major version; it comes from npm. */
  readonly node?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const calculation = ['backend', 'checking', 'data', 'project', 'quant', 'session/wire'];
const kernel = ['backend', 'checking', 'cli', 'data', 'kernel', 'project', 'quant', 'session'];
const everything = [...kernel, 'exercises', 'grader', 'solutions'];

export const longSteps: readonly LongStep[] = [
  ...[22, 24, 26].flatMap(node => [
    {name: `cells on Node ${node}`, folders: ['backend', 'session', 'kernel'], sources: kernel, node},
    {name: `grading on Node ${node}`, folders: ['grader/'], sources: everything, node},
  ]),
  ...['wasm', 'cpu'].map(backend => ({
    name: `backend ${backend}`,
    folders: ['quant', 'data', 'checking'],
    sources: calculation,
    environment: {SNAPGRID_BACKEND: backend},
  })),
  {
    name: 'a minute of damaged frames',
    folders: ['session/test/fuzz.test.ts', 'kernel/test/fuzz.test.ts'],
    sources: kernel,
    environment: {SNAPGRID_FUZZ_SECONDS: '60'},
  },
  {
    name: '40 quick cells, 20 runs',
    folders: ['kernel/test/clients.test.ts'],
    sources: kernel,
    environment: {SNAPGRID_NBCLIENT_RUNS: '20'},
  },
  {
    name: '50 kills of a batch of 200',
    folders: ['grader/test/resume.test.ts'],
    sources: everything,
    environment: {SNAPGRID_KILLS: '50'},
  },
  {name: 'tslab itself', folders: ['test/tslab'], sources: [...kernel, 'test/tslab'], environment: {SNAPGRID_TSLAB: 'live'}},
  {name: '1,000 cells', folders: ['kernel/test/endurance.test.ts'], sources: kernel, environment: {SNAPGRID_CELLS: '1000'}},
];

/** What `npm run test:long` found, one entry a step; written by it alone. */
export interface LongResult {
  readonly step: string;
  readonly date: string;
  readonly node: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Hash of the sources that the step ran. */
  readonly sources: string;
}

export const resultsFile = join(projectRoot, 'test/long/results.json');

export function readResults(): LongResult[] {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8')) as LongResult[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** SHA-256 over the names and contents of every source file that the step may run. */
export function hashSources({sources}: LongStep): string {
  const hash = createHash('sha256');
  for (const folder of sources)
    for (const file of filesBelow(join(projectRoot, folder)))
      if (/\.(ts|py)$|\/lesson\.md$/.test(file))
        hash
          .update(`${relative(projectRoot, file)}\0`)
          .update(readFileSync(file))
          .update('\0');
  hash.update(readFileSync(join(projectRoot, 'package-lock.json')));
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, {withFileTypes: true})
    .filter(entry => !entry.name.startsWith('.') && entry.name !== '__pycache__')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}
