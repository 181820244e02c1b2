import {type Command, InvalidArgumentError} from 'commander';
import {courseOption} from './course-option.ts';

interface StartOptions {
  readonly browser: boolean;
  readonly port?: number;
  readonly course?: string;
}

/** `snapgrid start`: JupyterLab on the course, everything set up the first time. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('open JupyterLab on the course; the first time it sets everything up')
    .option('--no-browser', 'print the address instead of opening it')
    .option('--port <n>', 'the port, 8888 or the next free one unless given', portNumber)
    .addOption(courseOption())
    .action(async ({browser, port, course}: StartOptions) => {
      const {startJupyter} = await import('./start/jupyter-server.ts');
      const {notebooks} = (await import('../exercises/build/course.ts')).openCourse(course);
      process.exitCode = await startJupyter({browser, notebooks, ...(port !== undefined && {port})});
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('Expected a port from 1 to 65535.');
  return port;
}
