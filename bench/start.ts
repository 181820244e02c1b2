import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {projectRoot} from '../project/root.ts';
import {freePort} from './free-port.ts';
import {medianOf, publish} from './report.ts';

const patienceMs = 20 * 60_000;

/** `snapgrid bench start`: from a fresh clone to an open JupyterLab, and from the second `npm start` on. The first of all set-ups downloads; those measured find their downloads in npm's and pip's caches. */
export async function benchStart(rounds: number): Promise<void> {
  const firsts: number[] = [];
  const seconds: number[] = [];
  const fresh = Math.min(rounds, 2);
  for (let round = 0; round <= fresh; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'snapgrid-bench-'));
    try {
      copyTracked(folder);
      const first = await secondsToOpen(folder);
      console.log(round === 0 ? `set-up with what it downloads: ${first.toFixed(1)} s` : `set-up after download: ${first.toFixed(1)} s`);
      if (round > 0) firsts.push(first);
      for (let again = 0; again < rounds; again++) seconds.push(await secondsToOpen(folder));
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  }
  publish({
    name: 'start',
    rounds,
    versions: {},
    rows: [
      {what: 'first start after download → open JupyterLab', unit: 's', values: {snapgrid: medianOf(firsts)}},
      {what: 'second start → open JupyterLab', unit: 's', values: {snapgrid: medianOf(seconds)}},
    ],
  });
}

/** What a clone holds, without its history. */
function copyTracked(folder: string): void {
  const files = execFileSync('git', ['ls-files', '-z'], {cwd: projectRoot, encoding: 'utf8'}).split('\0').filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), {recursive: true});
    cpSync(join(projectRoot, file), join(folder, file));
  }
}

async function secondsToOpen(folder: string): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, [join(folder, 'bin', 'snapgrid.mjs'), 'start', '--no-browser', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await opened(port, child);
    return (performance.now() - started) / 1000;
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

/** Until the server answers; its /api needs no token. */
async function opened(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Expected an open server, got the end of "snapgrid start" with status ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/api`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(20);
  }
  throw new Error(`Expected an open server within ${patienceMs / 60_000} minutes, got none`);
}
