import {type ChildProcess, spawn} from 'node:child_process';
import {CannotSetUp, fullDiskAdvice} from './step.ts';

export interface ChildResult {
  readonly code: number | null;
  /** What it printed on stdout and stderr, in order of arrival. */
  readonly output: string;
}

export interface ChildOptions {
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly onText?: (text: string) => void;
}

/** Runs a program to its end, quietly; code null when it cannot be started at all. Aborted, it is ended first. */
export function runChild(command: string, args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const {signal, env, cwd, onText} = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A group of its own: pip and the like start children that must end with them.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {...process.env, ...env},
      detached: ownGroups,
      ...(cwd && {cwd}),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        onText?.(text);
      });
    }
    const stop = (): void => endGroup(child);
    signal?.addEventListener('abort', stop, {once: true});
    child.on('error', error => (output += error.message));
    child.on('close', code => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve({code: child.pid === undefined ? null : code, output});
    });
  });
}

const ownGroups = process.platform !== 'win32';

function endGroup(child: ChildProcess): void {
  if (!ownGroups || child.pid === undefined) return void child.kill('SIGTERM');
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/** Turns a failed child into words: what was tried, the likely cause with its remedy, and the program's last lines. */
export function childFailed(what: string, {code, output}: ChildResult): CannotSetUp {
  const last = output.trim().split('\n').slice(-6).join('\n');
  return new CannotSetUp(`${what} failed${code === null ? '' : ` (exit code ${code})`}. ${remedy(output)}\n${last}`);
}

function remedy(output: string): string {
  if (/No space left|ENOSPC|Errno 28/.test(output)) return fullDiskAdvice;
  if (
    /Temporary failure in name resolution|Failed to resolve|NewConnectionError|Connection (refused|reset)|timed out|dns error|error sending request|Network is unreachable/i.test(
      output,
    )
  )
    return 'The package registry could not be reached: check the network or the proxy (HTTPS_PROXY), then run the same command again.';
  if (/DO NOT MATCH THE HASHES|Hash mismatch/i.test(output))
    return 'What was downloaded is not what snapgrid was tested with: check the package mirror.';
  return 'Run the same command again when this is solved:';
}
