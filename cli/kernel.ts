import type {Command} from 'commander';
import {resolve} from 'node:path';
import {installKernel, kernelFolder, kernelStatus, uninstallKernel} from '../kernel/install.ts';

interface Where {
  readonly user?: true;
  readonly prefix?: string;
}

/** `snapgrid kernel install | uninstall | status`: the kernel in the user's own Jupyter (ours has it already). */
export function addKernelCommand(program: Command): void {
  const kernel = program.command('kernel').description('the TypeScript kernel in a Jupyter of your own');
  const command = (name: string, description: string, run: (folder: string) => void): void => {
    kernel
      .command(name)
      .description(description)
      .option('--user', 'for this user (the default)')
      .option('--prefix <path>', 'in an environment: a venv, a conda prefix, /usr/local')
      .action((where: Where) => run(chosenFolder(where)));
  };
  command('install', 'add "TypeScript (snapgrid)" to Jupyter', folder => {
    installKernel({folder});
    console.log(`Installed in ${folder}\nChoose "TypeScript (snapgrid)" in JupyterLab's launcher or in VS Code's kernel list.`);
  });
  command('uninstall', 'remove it again', folder => {
    console.log(uninstallKernel({folder}) ? `Removed ${folder}` : `Nothing to remove: no kernel in ${folder}`);
  });
  command('status', 'say whether it is there and up to date', folder => {
    const {state} = kernelStatus({folder});
    const advice = {
      current: 'installed and up to date',
      stale: 'installed for another Node or another copy of snapgrid; run "npx snapgrid kernel install" to renew it',
      missing: 'not installed; run "npx snapgrid kernel install"',
    };
    console.log(`${folder}: ${advice[state]}`);
  });
}

function chosenFolder({user, prefix}: Where): string {
  if (user && prefix !== undefined) throw new Error('Expected --user or --prefix, got both; leave one out');
  return kernelFolder(prefix === undefined ? undefined : resolve(prefix));
}
