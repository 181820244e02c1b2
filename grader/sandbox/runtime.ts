import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {promisify} from 'node:util';
import {inside, type Mount, nodeInside} from './bubblewrap.ts';
import {bundledProgram, bundleSession, plainProgram} from './bundle.ts';
import {findProgram} from './programs.ts';
import {holdRuntime, removeUnused} from './runtime-use.ts';
import {type SlowStart, slowStart} from './slow-start.ts';
import {nodeFlags, warmUp} from './warm-up.ts';

export type SandboxBackend = 'cpu' | 'tensorflow';

/** The files that a sandbox sees: a folder of its own that holds the session and the packages it may load, and nothing of lessons, answers or grading. */
export interface Runtime {
  readonly folder: string;
  /** What is started in it: its path in the folder. */
  readonly program: string;
  readonly mounts: readonly Mount[];
  /** Undefined where sandboxes start as fast as they can. */
  readonly slow: SlowStart | undefined;
}

/** Compiled parts of this project that a session consists of, and the weights that `data` reads. */
const parts = ['dist/session', 'dist/backend', 'dist/data', 'dist/project', 'data/weights'];
/** In the runtime's folder. */
export const codeCache = 'code-cache';
const sessionPackages = ['oxc-transform', 'oxc-parser', 'oxc-resolver', 'magic-string'];
const tensorPackages: Readonly<Record<SandboxBackend, readonly string[]>> = {
  cpu: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-cpu'],
  tensorflow: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-node-gpu'],
};
/** Typings, source maps and TypeScript sources are most of a package's files; nothing loads them. (`src` holds what is run in some: long.) */
const skipped = /\.(map|md|ts|mts|cts|flow)$|^(test|tests|demo|benchmarks)$|\.min\.js$/;

/**
 * Puts the runtime folder together by hard links where it can, by copies where it must, once per content.
 * It lies in the project's own cache; where an unprivileged user cannot get there (a project under /root), below /var/tmp.
 */
export async function prepareRuntime(root: string, backend: SandboxBackend): Promise<Runtime> {
  const packages = await packageFolders(root, [
    ...sessionPackages,
    ...tensorPackages.cpu,
    ...(backend === 'tensorflow' ? tensorPackages.tensorflow : []),
  ]);
  const tensorflow = join(root, '.snapgrid', 'tensorflow');
  const links = [...packages, ...(backend === 'tensorflow' && (await exists(tensorflow)) ? [tensorflow] : [])];
  const base = await cacheFolder(root);
  const folder = join(base, await contentKey(root, links));
  holdRuntime(folder);
  if (!(await exists(folder))) await assemble(root, links, folder, backend);
  await removeUnused(base, folder);
  const program = (await exists(join(folder, bundledProgram))) ? bundledProgram : plainProgram;
  // Elsewhere is no bubblewrap to mount them for, and neither prlimit nor ldd to ask.
  const mounts = process.platform === 'linux' ? [{from: folder, to: inside.runtime}, ...(await nativeMounts(folder, backend))] : [];
  return {folder, program, mounts, slow: await keptSlowStart(folder)};
}

async function assemble(root: string, links: readonly string[], folder: string, backend: SandboxBackend): Promise<void> {
  const half = await mkdtemp(`${folder}.half-`);
  try {
    // The project's own compiled code is copied: a build that rewrites it in place must not change what a running batch grades with.
    for (const part of parts) if (await exists(join(root, part))) await copyTree(join(root, part), join(half, part), copyFile);
    await copyFile(join(root, 'package.json'), join(half, 'package.json'));
    for (const from of links) await copyTree(from, join(half, relative(root, from)), linkOrCopy);
    await linkAddon(root, half);
    await keepSlowStart(folder, await prepareStart(half, folder, backend));
    await chmod(half, 0o755);
    await rename(half, folder).catch(async error => {
      if (!(await exists(folder))) throw error; // another grader was first
    });
  } finally {
    await rm(half, {recursive: true, force: true});
  }
}

/** Without a bundle and without kept code everything works, only more slowly: returns why, where it does. */
async function prepareStart(half: string, folder: string, backend: SandboxBackend): Promise<SlowStart | undefined> {
  const unbundled = await bundleSession(half).then(
    () => undefined,
    (error: unknown) => slowStart('one file of the session', error, folder),
  );
  const cold = await warmUp(half, unbundled ? plainProgram : bundledProgram, backend, codeCache).then(
    () => undefined,
    (error: unknown) => slowStart('code that V8 keeps', error, folder),
  );
  return unbundled ?? cold;
}

/** Beside the folder, since no sandbox is to read it. */
async function keepSlowStart(folder: string, slow: SlowStart | undefined): Promise<void> {
  if (slow) await writeFile(`${folder}.slow.json`, JSON.stringify(slow));
  else await rm(`${folder}.slow.json`, {force: true});
}

async function keptSlowStart(folder: string): Promise<SlowStart | undefined> {
  return readFile(`${folder}.slow.json`, 'utf8').then(
    text => JSON.parse(text) as SlowStart,
    () => undefined,
  );
}

async function copyTree(from: string, to: string, copy: (from: string, to: string) => Promise<void>): Promise<void> {
  await mkdir(to, {recursive: true, mode: 0o755});
  for (const entry of await readdir(from, {withFileTypes: true})) {
    // Nested packages are listed by themselves.
    if (skipped.test(entry.name) || entry.name === 'node_modules') continue;
    const source = join(from, entry.name);
    const info = entry.isSymbolicLink() ? await stat(source).catch(() => undefined) : entry;
    if (info?.isDirectory()) await copyTree(source, join(to, entry.name), copy);
    else if (info?.isFile()) await copy(await realpath(source), join(to, entry.name));
  }
}

/** The addon finds TensorFlow's libraries beside its own file, so in the package it stays what it is: a link to that. */
async function linkAddon(root: string, half: string): Promise<void> {
  const lib = join('node_modules', '@tensorflow', 'tfjs-node-gpu', 'lib');
  for (const folder of await readdir(join(half, lib)).catch(() => [])) {
    const file = join(lib, folder, 'tfjs_binding.node');
    const addon = relative(await realpath(root), await realpath(join(root, file)).catch(() => root));
    if (!addon.startsWith('.snapgrid')) continue;
    await rm(join(half, file), {force: true});
    await symlink(relative(join(half, lib, folder), join(half, addon)), join(half, file));
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  const {mode} = await stat(from);
  if ((mode & 0o044) === 0o044) {
    try {
      await link(from, to);
      return;
    } catch {
      // Another file system, or links forbidden: a copy does as well.
    }
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, mode & 0o111 ? 0o755 : 0o644);
}

/** The folders of the packages named and of all that they depend on. */
async function packageFolders(root: string, names: readonly string[]): Promise<string[]> {
  const folders = new Set<string>();
  const visit = async (name: string, from: string, optional: boolean): Promise<void> => {
    const folder = await findPackage(name, from, root);
    if (!folder) {
      if (optional) return;
      throw new Error(`Expected the package ${name} in node_modules, found none; run npm install`);
    }
    if (folders.has(folder)) return;
    folders.add(folder);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>;
    for (const dependency of Object.keys(manifest['dependencies'] ?? {})) await visit(dependency, folder, true);
    for (const dependency of Object.keys(manifest['optionalDependencies'] ?? {})) await visit(dependency, folder, true);
  };
  for (const name of names) await visit(name, root, false);
  return [...folders].sort();
}

async function findPackage(name: string, from: string, root: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (await exists(join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}

async function contentKey(root: string, links: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`runtime 5 ${process.version} ${await realpath(process.execPath)} ${nodeFlags.join(' ')}\n`);
  const addTree = async (folder: string): Promise<void> => {
    for (const entry of (await readdir(folder, {withFileTypes: true})).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await addTree(path);
      else if (!skipped.test(entry.name)) hash.update(`${path}\n`).update(await readFile(path));
    }
  };
  for (const part of parts) if (await exists(join(root, part))) await addTree(join(root, part));
  hash.update(await readFile(join(root, 'package.json')));
  hash.update(await readFile(join(root, 'node_modules/rolldown/package.json')).catch(() => 'no bundle'));
  for (const folder of links) {
    const {mtimeMs} = await stat(folder);
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => `${mtimeMs}`);
    hash.update(`${relative(root, folder)}\n${manifest}`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The project's own cache, where it can be written and the sandbox's user can get to it; else a folder of this user's below /var/tmp. */
async function cacheFolder(root: string): Promise<string> {
  const own = join(root, '.snapgrid', 'runtime');
  const uid = process.getuid?.(); // Windows has none
  await mkdir(own, {recursive: true, mode: 0o755}).catch(() => undefined);
  const writable = await access(own, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (writable && (uid !== 0 || (await reachableByOthers(own)))) return own;
  const shared = `/var/tmp/snapgrid-runtime-${uid}`;
  await mkdir(shared, {mode: 0o755}).catch(() => undefined);
  // /var/tmp is everybody's: a folder that somebody else put there first could hold anything.
  const info = await lstat(shared);
  if (!info.isDirectory() || info.uid !== uid || (info.mode & 0o022) !== 0)
    throw new Error(`Expected ${shared} to be a folder that only you can write, it is not; remove it, or make ${own} writable`);
  return shared;
}

async function reachableByOthers(folder: string): Promise<boolean> {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    if (!((await stat(at)).mode & 0o001)) return false;
    if (at === dirname(at)) return true;
  }
}

/** `ldd` is a shell script that starts each program it is asked about: what it said is kept beside the folder until one of the files is gone. */
async function nativeMounts(folder: string, backend: SandboxBackend): Promise<readonly Mount[]> {
  const file = `${folder}.native.json`;
  const kept = await readFile(file, 'utf8')
    .then(text => JSON.parse(text) as Mount[])
    .catch(() => []);
  const there = await Promise.all(kept.map(({from}) => exists(from)));
  if (kept.length && there.every(Boolean)) return kept;
  const found = await librariesOf(await nativeFiles(folder, backend));
  await writeFile(file, JSON.stringify(found)).catch(() => undefined); // a folder that is full or read-only: asked again next time
  return found;
}

/** Node and prlimit, and what of the runtime is native code: their shared libraries must be there too. */
async function nativeFiles(folder: string, backend: SandboxBackend): Promise<{programs: Mount[]; addons: string[]}> {
  const prlimit = findProgram('prlimit');
  if (!prlimit) throw new Error('Expected the program prlimit, found none; install util-linux');
  const addons: string[] = [];
  const find = async (at: string, depth: number): Promise<void> => {
    for (const entry of await readdir(at, {withFileTypes: true})) {
      if (entry.isDirectory() && depth < 6) await find(join(at, entry.name), depth + 1);
      else if (entry.name.endsWith('.node')) addons.push(join(at, entry.name));
    }
  };
  await find(join(folder, 'node_modules', '@oxc-transform'), 0).catch(() => undefined);
  if (backend === 'tensorflow') await find(join(folder, '.snapgrid'), 0).catch(() => undefined);
  // Native packages read it to tell which C library is here; where it is missing, each has Node write a report of several milliseconds.
  const ldd = findProgram('ldd');
  return {
    programs: [
      {from: await realpath(process.execPath), to: nodeInside},
      {from: prlimit, to: '/usr/bin/prlimit'},
      ...(ldd ? [{from: ldd, to: '/usr/bin/ldd'}] : []),
    ],
    addons,
  };
}

async function librariesOf({programs, addons}: {programs: Mount[]; addons: string[]}): Promise<Mount[]> {
  const found = new Map<string, Mount>(programs.map(mount => [mount.to, mount]));
  for (const file of [...programs.map(p => p.from), ...addons]) {
    const {stdout} = await promisify(execFile)('ldd', [file]).catch(() => ({stdout: ''}));
    // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`
    for (const [, path] of stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm))
      if (path && !path.includes('/.snapgrid/') && !path.includes('snapgrid-runtime'))
        found.set(path, {from: await realpath(path), to: path});
  }
  return [...found.values()];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
