import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {kernelName} from '../../kernel/install.ts';
import {setUp} from '../setup/index.ts';
import {jupyterEnvironment} from '../setup/jupyter.ts';
import {venvPython} from '../setup/python.ts';
import {textOf} from '../setup/stamp.ts';

export interface ServerOptions {
  readonly browser: boolean;
  readonly port?: number;
  /** The folder that it opens. */
  readonly notebooks: string;
}

/** Sets up, starts JupyterLab, prints its address and stays until it ends; Ctrl-C ends it. Returns the exit code. */
export async function startJupyter({browser, port, notebooks}: ServerOptions): Promise<number> {
  const outcomes = await setUp('jupyter');
  const missing = outcomes.find(({step, state}) => state === 'not possible' && ['python', 'jupyter', 'kernel'].includes(step));
  if (missing) throw new Error('JupyterLab cannot be opened: see above. `npx snapgrid doctor` says what this machine has.');
  const token = randomBytes(24).toString('hex');
  const environment = jupyterEnvironment();
  const child = spawn(venvPython, serverArguments({browser, notebooks, ...(port !== undefined && {port})}), {
    // The token is in the environment, where other users of the machine cannot read it; arguments are public.
    env: {...process.env, ...environment, JUPYTER_TOKEN: token},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
  const ended = new Promise<number | null>(resolve => child.on('close', resolve).on('error', error => (log += error.message)));
  const stopping = stopOnSignals(child);
  const address = await Promise.race([
    waitForServer(child, environment['JUPYTER_RUNTIME_DIR']!, firstPage(notebooks), token),
    ended.then(() => undefined),
  ]);
  if (address) console.log(`JupyterLab is at ${address}\nCtrl-C ends it.`);
  const code = await ended;
  if (stopping.aborted) return 0;
  if (address && code === 0) return 0;
  throw new Error(
    `Expected JupyterLab to ${address ? 'go on' : 'start'}, but it ended with exit code ${code}. Its last lines:\n${log.trimEnd()}`,
  );
}

function serverArguments({browser, port, notebooks}: ServerOptions): string[] {
  return [
    '-m',
    'jupyterlab',
    `--ServerApp.root_dir=${notebooks}`,
    `--LabApp.default_url=${firstPage(notebooks)}`,
    '--ServerApp.ip=127.0.0.1',
    `--MultiKernelManager.default_kernel_name=${kernelName}`,
    // Ctrl-C reaches the server too, which would otherwise ask on the terminal whether it is meant.
    '--ServerApp.answer_yes=True',
    ...(port === undefined ? [] : [`--ServerApp.port=${port}`, '--ServerApp.port_retries=0']),
    ...(browser ? [] : ['--no-browser']),
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/** The welcome notebook, else the first lesson. */
function firstPage(notebooks: string): string {
  const notebook = readdirSync(notebooks)
    .filter(name => name.endsWith('.ipynb'))
    .sort()[0];
  return notebook ? `/lab/tree/${encodeURIComponent(notebook)}` : '/lab';
}

/** Jupyter writes where it listens into a file named by its process. */
async function waitForServer(child: ChildProcess, runtimeFolder: string, page: string, token: string): Promise<string | undefined> {
  const file = join(runtimeFolder, `jpserver-${child.pid}.json`);
  while (child.exitCode === null && child.signalCode === null) {
    const text = textOf(file);
    if (text.trimEnd().endsWith('}')) {
      const {port} = JSON.parse(text) as {port: number};
      if (await answers(`http://127.0.0.1:${port}/api/status?token=${token}`)) return `http://127.0.0.1:${port}${page}?token=${token}`;
    }
    await sleep(50);
  }
  return undefined;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

const patienceMs = 8000;

/** Ends the server, and its kernels with it, when this process is asked to end. */
function stopOnSignals(child: ChildProcess): AbortSignal {
  const stopped = new AbortController();
  const stop = (): void => {
    if (!stopped.signal.aborted) console.log('\nEnding JupyterLab …');
    stopped.abort();
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return stopped.signal;
}
