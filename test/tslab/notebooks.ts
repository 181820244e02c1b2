import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {pythonPath} from '../../kernel/test/python.ts';
import {projectRoot} from '../../project/root.ts';

/** Where the notebooks and what became of them lie, from the sources and from dist/ alike. */
export const folder = join(projectRoot, 'test/tslab');
export const goldensFile = join(folder, 'goldens.json');

export interface Notebook {
  readonly name: string;
  readonly cells: readonly string[];
}

/** What a cell gave, as far as kernels can be compared. */
export interface Result {
  readonly ok: boolean;
  readonly text: string;
  readonly displays: readonly unknown[];
  /** What a reader learns of a failure. */
  readonly said?: string;
}

export type Results = Readonly<Record<string, readonly Result[]>>;

export interface Goldens {
  readonly tslab: string;
  readonly node: string;
  readonly recorded: string;
  readonly results: Results;
}

/** A cell that gives something else in our kernel, on purpose. */
export interface Difference {
  readonly notebook: string;
  readonly cell: number;
  readonly why: string;
  readonly ours: Pick<Result, 'ok' | 'text' | 'displays'>;
}

export const notebooks = read<Notebook[]>('notebooks.json');
export const differences = read<Difference[]>('differences.json');
export const goldens = (): Goldens => read('goldens.json');

/** Runs all notebooks in a kernel, a fresh one each. */
export async function runNotebooks(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Results> {
  const {stdout} = await promisify(execFile)(
    pythonPath(),
    [join(folder, 'driver.py'), join(folder, 'notebooks.json'), JSON.stringify(argv)],
    {env: {...process.env, ...env}, maxBuffer: 2 ** 26},
  );
  // Kernels may print there too.
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Results;
}

export const comparable = ({ok, text, displays}: Result): Difference['ours'] => ({ok, text, displays});

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}
