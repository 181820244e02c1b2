import {copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';
import {userDataFolder} from './jupyter-folders.ts';

/** The folder's name under `kernels/`, and what notebooks call us. */
export const kernelName = 'snapgrid';

const logos = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'];

/** Writes the kernelspec into `folder` (…/kernels/snapgrid), over what was there. */
export function installKernel({folder}: {readonly folder: string}): void {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(kernelSpec(), null, 2) + '\n');
  for (const logo of logos) copyFileSync(join(projectRoot, 'kernel', 'resources', logo), join(folder, logo));
}

/** Removes the kernelspec; false when there was none. */
export function uninstallKernel({folder}: {readonly folder: string}): boolean {
  const installed = existsSync(join(folder, 'kernel.json'));
  rmSync(folder, {recursive: true, force: true});
  return installed;
}

export interface InstalledKernel {
  readonly folder: string;
  /** `stale`: it starts another Node or another copy of snapgrid than this one. */
  readonly state: 'current' | 'stale' | 'missing';
}

export function kernelStatus({folder}: {readonly folder: string}): InstalledKernel {
  const file = join(folder, 'kernel.json');
  if (!existsSync(file)) return {folder, state: 'missing'};
  return {folder, state: readFileSync(file, 'utf8') === JSON.stringify(kernelSpec(), null, 2) + '\n' ? 'current' : 'stale'};
}

/** Where Jupyter looks for kernels: under a prefix (an environment), or the user's own. */
export function kernelFolder(prefix?: string): string {
  return join(prefix === undefined ? userDataFolder() : join(prefix, 'share', 'jupyter'), 'kernels', kernelName);
}

function kernelSpec(): object {
  return {
    // What a kernel makes lives for one message: a larger nursery would only be memory that is never given back.
    argv: [process.execPath, '--max-semi-space-size=2', join(projectRoot, 'dist', 'kernel', 'main.js'), '{connection_file}'],
    display_name: 'TypeScript (snapgrid)',
    language: 'typescript',
    // Answered on the control socket at any time, on every system; SIGINT works too.
    interrupt_mode: 'message',
    metadata: {debugger: true},
  };
}
