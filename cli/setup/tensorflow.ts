import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import {cacheFolder} from '../cache-folder.ts';
import {childFailed, runChild} from './child.ts';
import {requireSpace} from './free-space.ts';
import {venvPython} from './python.ts';
import {hasStamp, stampOf, textOf, writeWhole} from './stamp.ts';
import {CannotSetUp, type Progress, type Step} from './step.ts';

const require = createRequire(import.meta.url);
const packageFolder = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
const link = join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
const setupFolder = join(projectRoot, 'cli', 'setup');

/** Which wheel the C library comes from: its GPU build falls back to the CPU, but is twice as large. */
interface Wheel {
  readonly requirements: string;
  readonly folder: string;
  readonly megabytes: number;
  readonly gpu: boolean;
}

/** TensorFlow's library and the addon between it and Node; where stock libtensorflow is installed by the package's own script, nothing. */
export function tensorflowSteps(): readonly Step[] {
  const wheel = chooseWheel();
  return [libraryStep(wheel), ...(wheel.gpu ? [cudaStep(wheel)] : []), addonStep(wheel), linkStep(wheel)];
}

/** The package's own install script puts a real file where we put a link. */
export function hasStockAddon(): boolean {
  const lib = join(packageFolder, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some(folder => lstatSync(join(lib, folder, 'tfjs_binding.node'), {throwIfNoEntry: false})?.isFile());
}

/** An NVIDIA driver is there: natively, or in WSL. */
export function hasNvidiaDriver(): boolean {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
}

function chooseWheel(): Wheel {
  const x64 = process.arch === 'x64';
  const gpu = process.platform === 'linux' && x64 && hasNvidiaDriver();
  const requirements = join(setupFolder, 'requirements', x64 && !gpu ? 'tensorflow-cpu.txt' : 'tensorflow.txt');
  const version = /^tensorflow(?:-cpu)?==(\S+)/m.exec(textOf(requirements))?.[1] ?? 'unknown';
  return {requirements, folder: join(cacheFolder, 'tensorflow', `${version}-${gpu ? 'gpu' : 'cpu'}`), megabytes: gpu ? 600 : 275, gpu};
}

function libraryStep({requirements, folder, megabytes}: Wheel): Step {
  const stamp = stampOf('library 1', textOf(requirements), textOf(join(setupFolder, 'unpack_wheel.py')));
  const stampFile = join(folder, 'library-stamp');
  return {
    name: 'tensorflow',
    title: "Getting TensorFlow's library",
    needs: ['python'],
    isDone: () => hasStockAddon() || hasStamp(stampFile, stamp),
    async run(progress) {
      refuseUnsupported();
      const temporary = `${folder}.part`;
      rmSync(temporary, {recursive: true, force: true});
      // The wheel and what is unpacked from it, three times its size, for a moment side by side; with some room.
      requireSpace({what: "TensorFlow's library", folder, megabytes: Math.round(4.2 * megabytes)});
      mkdirSync(join(temporary, 'download'), {recursive: true});
      try {
        const wheel = await download(requirements, join(temporary, 'download'), megabytes, progress);
        await unpack(wheel, temporary, progress);
        rmSync(join(temporary, 'download'), {recursive: true, force: true});
        writeWhole(join(temporary, 'library-stamp'), stamp);
        rmSync(folder, {recursive: true, force: true});
        renameSync(temporary, folder);
      } finally {
        rmSync(temporary, {recursive: true, force: true});
      }
    },
  };
}

function refuseUnsupported(): void {
  const {platform, arch} = process;
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64')) {
    // Only glibc's name is in the report: Alpine's musl has none.
    const glibc = (process.report.getReport() as {header?: {glibcVersionRuntime?: string}}).header?.glibcVersionRuntime;
    if (glibc) return;
    throw new CannotSetUp('TensorFlow has no build for musl (Alpine); use a Debian- or Ubuntu-based image.');
  }
  if (platform === 'darwin' && arch === 'arm64') return;
  throw new CannotSetUp(
    `TensorFlow has no build with a C library for ${platform} on ${arch}; Linux on x64 or arm64, and macOS on arm64, have one.`,
  );
}

async function download(requirements: string, folder: string, megabytes: number, {update, signal}: Progress): Promise<string> {
  // pip collects in its own temporary folder: put here, its size is the progress, and nothing is left behind elsewhere.
  const poll = setInterval(() => {
    // At its end pip copies what it has.
    const done = Math.min(sizeOf(folder) / 1e6, megabytes);
    update(`downloading, ${Math.round(done)} of ${megabytes} MB`, Math.min(0.99, done / megabytes) * 0.7);
  }, 250);
  try {
    // Any wheel's library will do for any Python, so a fixed one also serves a Python that is newer than TensorFlow.
    const args = [
      '-m',
      'pip',
      '--disable-pip-version-check',
      'download',
      '--quiet',
      '--no-deps',
      '--no-cache-dir',
      '--require-hashes',
      '--only-binary=:all:',
    ];
    const pip = await runChild(venvPython, [...args, '--python-version', '3.12', '-r', requirements, '-d', folder], {
      signal,
      env: {TMPDIR: folder},
    });
    if (pip.code !== 0) throw childFailed('Downloading TensorFlow', pip);
  } finally {
    clearInterval(poll);
  }
  const wheel = readdirSync(folder).find(name => name.endsWith('.whl'));
  if (!wheel) throw new CannotSetUp(`Expected pip to leave a wheel in ${folder}, found none; run the same command again.`);
  return join(folder, wheel);
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, {withFileTypes: true, recursive: true})) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), {throwIfNoEntry: false})?.size ?? 0;
  }
  return bytes;
}

async function unpack(wheel: string, folder: string, {update, signal}: Progress): Promise<void> {
  const onText = (text: string): void => {
    const [done, total] = text.trim().split('\n').at(-1)!.split(' ').map(Number);
    if (done && total) update('unpacking', 0.7 + (0.3 * done) / total);
  };
  const unpacked = await runChild(venvPython, [join(setupFolder, 'unpack_wheel.py'), wheel, folder], {signal, onText});
  if (unpacked.code !== 0) throw childFailed('Unpacking TensorFlow', unpacked);
}

/** NVIDIA's libraries where the GPU build looks for them: in `nvidia/` beside `tensorflow/`. */
function cudaStep({folder}: Wheel): Step {
  const requirements = join(setupFolder, 'requirements', 'cuda.txt');
  const stamp = stampOf(textOf(requirements));
  const stampFile = join(folder, 'cuda-stamp');
  return {
    name: 'cuda',
    title: "Getting NVIDIA's CUDA libraries (about 3 GB)",
    needs: ['tensorflow'],
    isDone: () => hasStockAddon() || hasStamp(stampFile, stamp),
    async run({signal}) {
      const pip = await runChild(
        venvPython,
        ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--upgrade', '--target', folder, '-r', requirements],
        {signal},
      );
      if (pip.code !== 0) throw childFailed("Getting NVIDIA's libraries", pip);
      writeWhole(stampFile, stamp);
    },
  };
}

function addonStep({folder}: Wheel): Step {
  const addon = join(folder, 'tfjs_binding.node');
  const stampFile = join(folder, 'addon-stamp');
  const stamp = (): string =>
    stampOf('addon 1', textOf(join(folder, 'library-stamp')), readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return {
    name: 'addon',
    title: "Compiling TensorFlow's addon for Node",
    needs: ['tensorflow'],
    isDone: () => hasStockAddon() || (existsSync(addon) && hasStamp(stampFile, stamp())),
    async run({update, signal}) {
      const compiler = await findCompiler(signal);
      if (!compiler) throw new CannotSetUp(compilerAdvice());
      update(`with ${compiler.command}, about 10 s`);
      await compile(compiler.command, folder, addon, signal);
      writeWhole(stampFile, stamp());
    },
  };
}

/** A link in the package, where it looks for its addon; npm takes it away with every installation. */
function linkStep({folder}: Wheel): Step {
  const addon = join(folder, 'tfjs_binding.node');
  return {
    name: 'link',
    title: 'Linking the addon into its package',
    needs: ['addon'],
    isDone: () => hasStockAddon() || linksTo(addon),
    async run() {
      mkdirSync(dirname(link), {recursive: true});
      rmSync(link, {force: true});
      symlinkSync(addon, link);
    },
  };
}

function linksTo(addon: string): boolean {
  return existsSync(link) && existsSync(addon) && realpathSync(link) === realpathSync(addon);
}

async function compile(compiler: string, folder: string, addon: string, signal: AbortSignal): Promise<void> {
  const library = join(folder, 'tensorflow');
  const mac = process.platform === 'darwin';
  const libraries = readdirSync(library).filter(name =>
    (mac ? /^libtensorflow_(cc|framework)\.2\.dylib$/ : /^libtensorflow_(cc|framework)\.so\.2$/).test(name),
  );
  const includes = [
    packageFolder,
    dirname(packageFolder),
    join(library, 'include'),
    join(dirname(require.resolve('node-api-headers/package.json')), 'include'),
  ];
  const temporary = `${addon}.part`;
  const args = [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    ...includes.map(folder => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map(file => join(packageFolder, 'binding', file)),
    '-o',
    temporary,
    ...libraries.map(name => join(library, name)),
    // Relative to the addon, so that the whole folder can be moved or mounted elsewhere.
    `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/tensorflow`,
    ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
  ];
  const compiled = await runChild(compiler, args, {signal});
  if (compiled.code !== 0) throw childFailed(`Compiling the addon with ${compiler}`, compiled);
  renameSync(temporary, addon);
}

export interface FoundCompiler {
  readonly command: string;
  readonly version: string;
}

/** CXX, else g++, c++ or clang++. */
export async function findCompiler(signal?: AbortSignal): Promise<FoundCompiler | undefined> {
  for (const command of process.env['CXX'] ? [process.env['CXX']] : ['g++', 'c++', 'clang++']) {
    const {code, output} = await runChild(command, ['--version'], signal ? {signal} : {});
    if (code === 0) return {command, version: output.split('\n')[0]!.trim()};
  }
  return undefined;
}

/** How to get a compiler on this system. */
export function compilerAdvice(): string {
  const how =
    process.platform === 'darwin'
      ? '`xcode-select --install`'
      : '`apt install g++`, or as an ordinary user: conda install -c conda-forge gxx, then set CXX';
  return `No C++ compiler was found (g++, c++, clang++ or CXX). Get one: ${how}.`;
}
