import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {jupyterEnvironment} from '../cli/setup/jupyter.ts';
import {venvPython} from '../cli/setup/python.ts';
import {type Notebook, notebookText} from '../exercises/build/index.ts';

/** What nbformat says of a cell that has run, as far as it is read here. */
export interface RanCell {
  readonly id: string;
  readonly cell_type: string;
  readonly outputs: readonly Output[];
}

export type Output =
  | {readonly output_type: 'error'; readonly ename: string; readonly evalue: string}
  | {readonly output_type: 'display_data' | 'execute_result'; readonly data: Readonly<Record<string, string>>}
  | {readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string};

type End = {readonly ran: {readonly cells: readonly RanCell[]}} | {readonly error: string};

const script = fileURLToPath(new URL('run_notebooks.py', import.meta.url));

/** Runs notebooks by nbclient, through the kernel. One Python does it for all: its start would cost as much as a short notebook. */
export class NotebookRunner {
  private python: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  /** What is told the end of each job, by the job's number. */
  private readonly jobs: ((end: End) => void)[] = [];
  /** Why no further job can be answered. */
  private over: {readonly error: string} | undefined;

  /** The notebook's code cells as they are once all have run, those after one that failed too. */
  async run(notebook: Notebook, environment: Readonly<Record<string, string>> = {}): Promise<RanCell[]> {
    const {stdin} = (this.python ??= this.start());
    const end = await new Promise<End>(resolve => {
      this.jobs.push(resolve);
      if (this.over) resolve(this.over);
      else stdin.write(`${JSON.stringify({notebook: notebookText(notebook), environment})}\n`);
    });
    if ('error' in end) throw new Error(`Expected nbclient to run the notebook, got ${end.error}`);
    return end.ran.cells.filter(cell => cell.cell_type === 'code');
  }

  close(): void {
    this.python?.stdin.end();
  }

  private start(): NonNullable<NotebookRunner['python']> {
    const python = spawn(venvPython, [script], {env: {...process.env, ...jupyterEnvironment()}, stdio: 'pipe'});
    let stderr = '';
    python.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    createInterface({input: python.stdout}).on('line', line => {
      // Kernels have the same stdout.
      if (!line.startsWith('{"job": ')) return;
      const {job, ...end} = JSON.parse(line) as {readonly job: number} & End;
      this.jobs[job]!(end);
    });
    python.stdin.on('error', () => {}); // it has ended, which `close` tells
    python.on('close', () => {
      const over = (this.over = {error: `no answer: ${stderr}`});
      this.jobs.forEach(tell => tell(over));
    });
    return python;
  }
}
