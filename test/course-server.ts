import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {freePort} from '../bench/free-port.ts';
import {projectRoot} from '../project/root.ts';

export interface CourseServer {
  /** With its token, as `snapgrid start` prints it. */
  readonly address: URL;
  stop(): Promise<void>;
}

/** Runs `snapgrid start` as a user does, but for the browser; resolves with the address that it prints. */
export async function startCourse(): Promise<CourseServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(projectRoot, 'bin', 'snapgrid.mjs'), 'start', '--no-browser', '--port', String(port)], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  try {
    return {address: new URL(await printedAddress(child)), stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const address = /JupyterLab is at (http\S+)/.exec(printed)?.[1];
        if (address) resolve(address);
      });
    child.on('exit', code => reject(new Error(`Expected snapgrid start to go on, got its end with status ${code}:\n${printed}`)));
  });
}
