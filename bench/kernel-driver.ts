import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

export interface Kernel {
  readonly name: string;
  readonly argv: readonly string[];
  readonly language: 'typescript' | 'python';
  /** As its kernelspec has it; the default is by signal. */
  readonly interrupt_mode: 'signal' | 'message';
}

/** What a kernel did with a question: the answer, or why there is none. */
export type Answered<Answer> = {readonly answer: Answer} | {readonly failed: string};

/** Puts questions to a kernel, each to a fresh one, by bench/kernels/driver.py: it has deadlines, and ends whatever a kernel leaves behind. */
export async function askKernel(python: string, kernel: Kernel, questions: readonly string[]): Promise<Map<string, Answered<unknown>>> {
  const driver = join(projectRoot, 'bench', 'kernels', 'driver.py');
  // Far from the project: a tslab that finds another one above its working folder starts that.
  const cwd = mkdtempSync(join(tmpdir(), 'snapgrid-bench-'));
  const answers = join(cwd, 'answers.jsonl');
  const output = openSync(answers, 'w');
  try {
    // Into a file: a pipe that an orphan holds would never end.
    const child = spawn(python, [driver, JSON.stringify({...kernel, questions})], {stdio: ['ignore', output, 'inherit'], cwd});
    const [status] = (await once(child, 'exit')) as [number | null];
    const lines = readFileSync(answers, 'utf8').split('\n').filter(Boolean);
    const found = new Map(lines.map(line => JSON.parse(line) as Answered<unknown> & {question: string}).map(each => [each.question, each]));
    const missing = {failed: `the driver ended with status ${status}`};
    return new Map(questions.map(question => [question, found.get(question) ?? missing]));
  } finally {
    closeSync(output);
    rmSync(cwd, {recursive: true, force: true});
  }
}
