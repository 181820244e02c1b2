import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

/** Everything that we compare with is installed here, apart from the project's own packages. */
export const benchFolder = join(projectRoot, '.snapgrid', 'bench');

export const peerVersions = {
  ipykernel: '7.4.0',
  tslab: '1.0.22',
  deno: '2.9.6',
  jupyterKernelTest: '0.7.0',
  nbgrader: '0.9.6',
  otter: '7.0.0',
  torch: '2.15.0',
  bitsandbytes: '0.50.2',
  gguf: '0.19.0',
  'node-llama-cpp': '3.22.1',
} as const;

/** The Python of an environment that has `packages`. @throws where there is no Python with venv */
export function pythonWith(name: string, packages: readonly string[]): string {
  const folder = join(benchFolder, name);
  const python = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  once(folder, () => {
    const system = process.platform === 'win32' ? 'python' : 'python3';
    execFileSync(system, ['-m', 'venv', folder], {stdio: 'inherit'});
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], {stdio: 'inherit'});
  });
  return python;
}

/** A package from npm in a folder of its own (tslab's fork of TypeScript would otherwise take our `tsc`'s place), no install script run. */
export function npmPackage(name: string, version: string): string {
  const folder = join(benchFolder, name);
  once(folder, () => {
    execFileSync(
      'npm',
      ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`],
      {stdio: 'inherit', cwd: folder, shell: process.platform === 'win32'},
    );
  });
  return join(folder, 'node_modules');
}

/** A program from npm as its users install it: its packages lie below its own folder. A tslab whose packages lie beside it does not know `console`. */
export function npmProgram(name: string, version: string): string {
  const folder = join(benchFolder, `${name}-program`);
  once(folder, () => {
    execFileSync('npm', ['install', '--global', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  });
  return join(folder, ...(process.platform === 'win32' ? [] : ['lib']), 'node_modules', name);
}

/** Deno's executable from its npm package; undefined where there is none for this system. */
export function denoExecutable(): string | undefined {
  const scope = join(npmPackage('deno', peerVersions.deno), '@deno');
  const platforms = existsSync(scope) ? readdirSync(scope) : [];
  const executable = platforms.map(platform => join(scope, platform, process.platform === 'win32' ? 'deno.exe' : 'deno')).find(existsSync);
  return executable && spawnSync(executable, ['--version']).status === 0 ? executable : undefined;
}

function once(folder: string, install: () => void): void {
  const mark = join(folder, '.installed');
  if (existsSync(mark)) return;
  console.log(`Installing into ${folder} …`);
  mkdirSync(folder, {recursive: true});
  install();
  mkdirSync(mark);
}
