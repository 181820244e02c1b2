import {type Command, InvalidArgumentError} from 'commander';

interface StartOptions {
  readonly browser: boolean;
  readonly port?: number;
}

/** `snapgrid start`: JupyterLab on the course, everything set up the first time. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('open JupyterLab on the course; the first time it sets everything up')
    .option('--no-browser', 'print the address instead of opening it')
    .option('--port <n>', 'the port, 8888 or the next free one unless given', portNumber)
    .action(async ({browser, port}: StartOptions) => {
      const {startJupyter} = await import('./start/jupyter-server.ts');
      process.exitCode = await startJupyter({browser, ...(port !== undefined && {port})});
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('Expected a port from 1 to 65535.');
  return port;
}
