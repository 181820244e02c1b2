import {createHmac} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, readdir, readFile, rename, rm} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {pipeline} from 'node:stream/promises';
import yazl from 'yazl';
import type {Isolation} from '../results.ts';

export interface AutograderOptions {
  /** The project's root, compiled. */
  readonly root: string;
  readonly slug: string;
  /** The folder of the instructor's own course that the lesson is of; undefined where it is one of snapgrid's. */
  readonly course?: string;
  readonly backend: 'cpu' | 'tensorflow';
  readonly isolation: Isolation;
  /** The assignment's manifest, as text. */
  readonly manifest: string;
  /** Of the course; what goes along is derived from it and gives nothing of it away. */
  readonly secret: string;
  /** Of Node, as the container is to have it: `v22.1.0`. */
  readonly nodeVersion: string;
}

/** Compiled parts that grading runs; no solutions, no kernel. */
const compiled = ['backend', 'checking', 'cli', 'data', 'exercises', 'grader', 'project', 'quant', 'session'];

/** Writes the autograder that an instructor uploads to Gradescope: setup.sh, run_autograder, and snapgrid with one lesson's checks. @returns its files' names */
export async function writeAutograder(path: string, options: AutograderOptions): Promise<string[]> {
  const {root, slug, course, manifest, secret} = options;
  const zip = new yazl.ZipFile();
  const names: string[] = [];
  // The same grader gives the same archive: no clock goes into it.
  const mtime = new Date(2020, 0, 1);
  const addText = (name: string, text: string, mode: number): void => {
    names.push(name);
    zip.addBuffer(Buffer.from(text), name, {mode, mtime});
  };
  addText('setup.sh', await setupScript(options), 0o100755);
  addText('run_autograder', runScript(options), 0o100755);
  addText('assignment.yaml', manifest, 0o100644);
  addText('snapgrid/.snapgrid/secret', createHmac('sha256', secret).update(`gradescope ${slug}`).digest('hex'), 0o100600);
  const addFile = (from: string, name: string): void => {
    names.push(name);
    zip.addFile(from, name, {mode: 0o100644, mtime});
  };
  const files = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'bin/snapgrid.mjs'];
  if (course === undefined) files.push(`exercises/${slug}/lesson.md`);
  files.push(...(await filesBelow(root, 'data/weights', () => true)));
  files.push(...(await filesBelow(root, 'cli/setup', name => !name.endsWith('.ts'))));
  for (const part of compiled) files.push(...(await filesBelow(root, `dist/${part}`, isRun)));
  const isOtherLesson = (file: string): boolean => /^(dist\/)?exercises\/\d\d-/.test(file) && !file.includes(`exercises/${slug}/`);
  for (const file of files.filter(name => !isOtherLesson(name)).sort()) addFile(join(root, file), `snapgrid/${file}`);
  if (course !== undefined) {
    const own = await filesBelow(course, 'exercises', () => true);
    for (const file of own.filter(name => !isOtherLesson(name) && !name.includes('/node_modules/')).sort())
      addFile(join(course, file), `course/${file}`);
  }
  zip.end();
  await mkdir(dirname(path), {recursive: true});
  const half = `${path}.half`;
  try {
    await pipeline(zip.outputStream, createWriteStream(half));
    await rename(half, path);
  } catch (cause) {
    await rm(half, {force: true});
    throw new Error(`Expected to write ${path}, got ${(cause as Error).message}; choose another with --to`, {cause});
  }
  return names;
}

/** No maps, typings and tests. */
function isRun(name: string): boolean {
  return name.endsWith('.js') && !/\.(test|fixture)\.js$/.test(name);
}

async function filesBelow(root: string, folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(join(root, folder), {withFileTypes: true, recursive: true}).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter(entry => entry.isFile() && wanted(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(file => !/\/(test|demo|template)\//.test(file));
}

/** Of Ubuntu 22.04, which Gradescope's containers are, bubblewrap cannot close user namespaces inside a sandbox: the source of 24.04's is four files of C. */
const newBubblewrap = `if ! bwrap --help 2>&1 | grep -q -- --disable-userns; then
  echo 'deb-src http://archive.ubuntu.com/ubuntu noble main' >/etc/apt/sources.list.d/bubblewrap.list
  apt-get update
  apt-get install -y --no-install-recommends dpkg-dev gcc libc6-dev libcap-dev
  cd "$(mktemp -d)"
  apt-get source bubblewrap/noble
  cd bubblewrap-*/
  echo '#define PACKAGE_STRING "bubblewrap"' >config.h
  gcc -O2 -D_GNU_SOURCE -I. bubblewrap.c bind-mount.c network.c utils.c -lcap -o /usr/local/bin/bwrap
fi
`;

/** `--lesson …`: what both scripts tell the grader. */
function gradingArguments({slug, course, isolation}: AutograderOptions): string {
  const ofCourse = course === undefined ? '' : ' --course "$root/source/course"';
  return `gradescope "$root" --lesson ${slug}${ofCourse} --assignment "$root/source/assignment.yaml" --isolation ${isolation}`;
}

/** Of the package that makes one file of the sandbox's program, which is left out of what a grader needs. */
async function bundlerVersion(root: string): Promise<string> {
  const {devDependencies} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {devDependencies: Record<string, string>};
  return devDependencies['rolldown']!;
}

async function setupScript(options: AutograderOptions): Promise<string> {
  const {root, backend, isolation, nodeVersion} = options;
  const packages = [
    'ca-certificates',
    'curl',
    'xz-utils',
    ...(isolation === 'bubblewrap' ? ['bubblewrap'] : []),
    ...(backend === 'tensorflow' ? ['python3', 'python3-venv', 'build-essential'] : []),
  ];
  return `#!/usr/bin/env bash
# Prepares Gradescope's container, once, when the autograder is uploaded.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends ${packages.join(' ')}
${isolation === 'bubblewrap' ? newBubblewrap : ''}case "$(uname -m)" in aarch64) cpu=arm64 ;; *) cpu=x64 ;; esac
curl -fsSL "https://nodejs.org/dist/${nodeVersion}/node-${nodeVersion}-linux-$cpu.tar.xz" | tar -xJ -C /usr/local --strip-components=1
root="\${AUTOGRADER:-/autograder}"
cd "$root/source/snapgrid"
npm ci --omit=dev --ignore-scripts
npm install --prefix ../bundler --no-save --ignore-scripts rolldown@${await bundlerVersion(root)}
ln -sfn ../../bundler/node_modules/rolldown node_modules/rolldown
${backend === 'tensorflow' ? 'node dist/cli/main.js setup\n' : ''}node dist/cli/main.js ${gradingArguments(options)} --prepare
`;
}

function runScript(options: AutograderOptions): string {
  return `#!/usr/bin/env bash
# Grades one submission and writes results/results.json.
root="\${AUTOGRADER:-/autograder}"
exec node "$root/source/snapgrid/dist/cli/main.js" ${gradingArguments(options)}
`;
}
