import type {Command} from 'commander';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

/** `snapgrid build`: type-checks everything and compiles it to `dist/`; every command does that by itself when sources have changed. */
export function addBuildCommand(program: Command): void {
  program
    .command('build')
    .description('compile the sources to dist/ and show type errors (every command compiles by itself when sources have changed)')
    .action(() => {
      const {status} = spawnSync(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', projectRoot], {
        stdio: 'inherit',
      });
      process.exitCode = status ?? 1;
    });
}
