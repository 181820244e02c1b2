import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The Python that the project set up; SNAPGRID_PYTHON names another one. @throws Error where there is none: these tests cannot be skipped */
export function pythonPath(): string {
  const path = process.env['SNAPGRID_PYTHON'] ?? join(here, '../../.snapgrid/venv/bin/python');
  if (!existsSync(path))
    throw new Error(
      `Expected a Python with jupyter_client at ${path}, got none; run "node bin/snapgrid.mjs setup --for-tests" or set SNAPGRID_PYTHON`,
    );
  return path;
}

export interface PythonRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How Python runs a script of this folder: its kernels run on the Node that runs the tests. */
export function pythonArguments(script: string, args: readonly string[]): {args: string[]; env: NodeJS.ProcessEnv} {
  return {args: [join(here, script), ...args], env: {...process.env, SNAPGRID_NODE: process.execPath, PYTHONUNBUFFERED: '1'}};
}

/** Runs a script of this folder to its end. */
export function runPython(script: string, args: readonly string[] = []): Promise<PythonRun> {
  return new Promise(resolve => {
    const python = pythonArguments(script, args);
    execFile(pythonPath(), python.args, {env: python.env, maxBuffer: 2 ** 26}, (error, stdout, stderr) => {
      resolve({code: error ? Number(error.code ?? 1) : 0, stdout, stderr});
    });
  });
}
