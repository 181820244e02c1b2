import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
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
} as const;

/** What the toolkit's goldens come from, every package of it by hash: the bench runs the same. */
const goldens = join(projectRoot, 'quant', 'goldens');

/** A package of npm's, and the hash of its tarball. */
interface PinnedPackage {
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
}

/** The Python that the toolkit is measured beside, and its packages' versions. */
export function quantPeers(): {readonly python: string; readonly versions: ReadonlyMap<string, string>} {
  const file = join(goldens, 'requirements.txt');
  const requirements = readFileSync(file, 'utf8');
  const versions = new Map([...requirements.matchAll(/^([\w.-]+)==([\w.+-]+)/gm)].map(([, name, version]) => [name!, version!]));
  return {python: pythonWith('quant', ['--require-hashes', '--requirement', file], requirements), versions};
}

/** llama.cpp's library of ggml, in node-llama-cpp's package for Linux. @throws Error where the registry's package is not the one that is pinned */
export function llamaCpp(): {readonly library: string; readonly version: string} {
  const pin = JSON.parse(readFileSync(join(goldens, 'llama-cpp.json'), 'utf8')) as PinnedPackage & {readonly library: string};
  const modules = npmPackage(pin.package, pin.version, pin.integrity);
  return {library: join(modules, pin.package, pin.library), version: pin.version};
}

/**
 * The Python of an environment that has what pip installs by `packages`: names with their versions, or its arguments for a file.
 * @param asked what the environment is made anew for when it changes
 * @throws where there is no Python with venv
 */
export function pythonWith(name: string, packages: readonly string[], asked = packages.join(' ')): string {
  const folder = join(benchFolder, name);
  const python = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  once(folder, asked, () => {
    const system = process.platform === 'win32' ? 'python' : 'python3';
    execFileSync(system, ['-m', 'venv', folder], {stdio: 'inherit'});
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], {stdio: 'inherit'});
  });
  return python;
}

/** The Python that nbgrader is in, as it is measured and as its formgrader opens our notebooks. */
export function nbgraderPython(): string {
  return pythonWith('nbgrader', [`nbgrader==${peerVersions.nbgrader}`, `ipykernel==${peerVersions.ipykernel}`, 'numpy']);
}

/**
 * A package from npm in a folder of its own (tslab's fork of TypeScript would otherwise take our `tsc`'s place), no install script run.
 * @throws Error where the package is not the one of that integrity
 */
export function npmPackage(name: string, version: string, integrity?: string): string {
  const folder = join(benchFolder, name);
  once(folder, `${name}@${version}`, () => {
    execFileSync(
      'npm',
      ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`],
      {stdio: 'inherit', cwd: folder, shell: process.platform === 'win32'},
    );
    // npm has compared the tarball with what its lock file says: what remains is whether that is what is pinned.
    const {packages} = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {packages: Record<string, PinnedPackage>};
    const got = packages[`node_modules/${name}`]?.integrity;
    if (integrity !== undefined && got !== integrity)
      throw new Error(`Expected ${name}@${version} with ${integrity}, got ${got}; do not use what is in ${folder}`);
  });
  return join(folder, 'node_modules');
}

/** A program from npm as its users install it: its packages lie below its own folder. A tslab whose packages lie beside it does not know `console`. */
export function npmProgram(name: string, version: string): string {
  const folder = join(benchFolder, `${name}-program`);
  once(folder, `${name}@${version}`, () => {
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

/** Installs what is asked for, where the folder has not got that; a folder that has something else, or half of it, is made anew. */
function once(folder: string, asked: string, install: () => void): void {
  const mark = join(folder, '.contents');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === asked) return;
  console.log(`Installing into ${folder} …`);
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  install();
  writeFileSync(mark, asked);
}
