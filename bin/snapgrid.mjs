#!/usr/bin/env node
// The one plain-JavaScript file, and only on Node's own modules: it must run in a fresh clone, before anything is installed.
// It installs the npm packages and compiles `dist` when they are missing or out of date, then hands over to dist/cli/main.js.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const minimumNode = [20, 19];
/** What the packages and the compiled code take on the disk; measured on Linux, with some room. */
const megabytes = {packages: 650, build: 20};

/** What went wrong, in words for the user; nothing more is printed. */
class SetupError extends Error {}

try {
  checkNode();
  if (!packagesAreCurrent()) await withLock('packages', packagesAreCurrent, installPackages);
  linkCommand();
  if (!buildIsCurrent()) await withLock('build', buildIsCurrent, build);
} catch (error) {
  const words = inWords(error);
  if (!words) throw error;
  console.error(words);
  process.exit(error.exitCode ?? 1);
}
await import(pathToFileURL(join(root, 'dist/cli/main.js')).href);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  throw new SetupError(
    `Expected Node ${minimumNode.join('.')} or later, got ${process.versions.node}. Get a newer one from https://nodejs.org or with your version manager (nvm install 22), then run the same command again.`,
  );
}

function packagesAreCurrent() {
  if (readText('node_modules/.snapgrid-stamp') === lockStamp()) return true;
  if (!installedMatchesLock()) return false;
  // Somebody ran npm install: what is there is right, only our stamp is old.
  writeFileSync(join(root, 'node_modules/.snapgrid-stamp'), lockStamp());
  return true;
}

function lockStamp() {
  return createHash('sha256').update(readText('package-lock.json')).digest('hex');
}

/** npm writes node_modules/.package-lock.json when an installation is complete; packages for other systems are not in it. */
function installedMatchesLock() {
  const installed = readText('node_modules/.package-lock.json');
  if (!installed) return false;
  const {packages: wanted} = JSON.parse(readText('package-lock.json'));
  const {packages: present} = JSON.parse(installed);
  return Object.entries(wanted).every(
    ([path, {version, optional, devOptional}]) =>
      path === '' || present[path]?.version === version || (!present[path] && (optional || devOptional)),
  );
}

async function installPackages() {
  // npm takes away what is there before it installs.
  requireSpace(megabytes.packages - heldBy('node_modules'), 'the npm packages');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=warn', '--progress=false'];
  const {code, output} = await runChild('Installing the npm packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
  // On a full disk npm leaves files out, warns, and ends as if all were well: its note that all is there must not be believed.
  const incomplete = /TAR_ENTRY_ERROR|ENOSPC/.test(output);
  if (incomplete) rmSync(join(root, 'node_modules/.package-lock.json'), {force: true});
  if (code !== 0 || incomplete) throw new SetupError(explainNpm(output));
  writeFileSync(join(root, 'node_modules/.snapgrid-stamp'), lockStamp());
}

function explainNpm(output) {
  const last = output
    .split('\n')
    .filter(line => /\S/.test(line.replace('npm error', '')) && !/^npm warn (?!tar)/.test(line))
    .slice(0, 8)
    .join('\n');
  if (/ENOSPC/.test(output))
    return `npm ran out of disk space, in ${root} or in its cache (npm config get cache says where that is). Free some space, then run the same command again.`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output))
    return `npm could not reach its registry. Check the network (behind a proxy: npm config set proxy http://…), then run the same command again; it continues.\n${last}`;
  if (/EACCES|EPERM/.test(output)) return notWritable(last);
  return `npm ci failed. What it said:\n${last}\nRun the same command again when this is solved.`;
}

/** Says at once what npm or the compiler would say after minutes, or not at all. */
function requireSpace(needed, what) {
  const {bavail, bsize, blocks} = statfsSync(root);
  const free = Math.floor((bavail * bsize) / 1e6);
  // Some network file systems tell no sizes.
  if (blocks === 0 || free >= needed) return;
  throw new SetupError(
    `Expected ${needed} MB of disk space for ${what} in ${root}, got ${free} MB. Free some, or clone to a larger disk, then run the same command again.`,
  );
}

function heldBy(folder) {
  if (!existsSync(join(root, folder))) return 0;
  const entries = readdirSync(join(root, folder), {withFileTypes: true, recursive: true}).filter(entry => entry.isFile());
  const sizes = entries.map(entry => lstatSync(join(entry.parentPath ?? entry.path, entry.name), {throwIfNoEntry: false})?.size ?? 0);
  return Math.floor(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}

/** Undefined for what can only be a mistake of ours. */
function inWords(error) {
  if (error instanceof SetupError) return error.message;
  if (error.code === 'ENOSPC') return fullDisk();
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return notWritable(error.message);
  return undefined;
}

function notWritable(details) {
  return `Expected a folder that can be written to, got ${root}. Make it yours, or clone into one that is, then run the same command again.\n${details}`;
}

function fullDisk() {
  return `The disk that holds ${root} is full. Free some space, then run the same command again.`;
}

/** `npx snapgrid` looks into node_modules/.bin, where npm links the commands of dependencies only, not the project's own. */
function linkCommand() {
  const link = join(root, 'node_modules/.bin/snapgrid');
  if (process.platform === 'win32' || lstatSync(link, {throwIfNoEntry: false})) return;
  try {
    mkdirSync(dirname(link), {recursive: true});
    symlinkSync('../../bin/snapgrid.mjs', link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function buildIsCurrent() {
  return existsSync(join(root, 'dist/cli/main.js')) && readText('dist/.sources') === sourcesStamp();
}

/** Names, sizes and times of all sources: a few milliseconds. */
function sourcesStamp() {
  const config = readText('tsconfig.json');
  const hash = createHash('sha256').update(config);
  const visit = folder => {
    for (const entry of readdirSync(join(root, folder), {withFileTypes: true})) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (/\.[mc]?tsx?$/.test(entry.name)) {
        const {size, mtimeMs} = statSync(join(root, path), {throwIfNoEntry: false}) ?? {};
        hash.update(`${path} ${size} ${mtimeMs}\n`);
      }
    }
  };
  for (const folder of JSON.parse(config).include) if (existsSync(join(root, folder))) visit(folder);
  return hash.digest('hex');
}

async function build() {
  const stamp = sourcesStamp();
  requireSpace(megabytes.build, 'the compiled code');
  // By its path: tslab's fork of TypeScript owns node_modules/.bin/tsc.
  const {code, output} = await runChild('Compiling', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root]);
  if (/ENOSPC/.test(output)) throw new SetupError(fullDisk());
  if (!existsSync(join(root, 'dist/cli/main.js'))) throw new SetupError(`TypeScript could not compile snapgrid:\n${output.trim()}`);
  // Types that do not fit stop nobody from running: the code is emitted all the same, and `npx snapgrid build` shows the errors.
  const errors = output.match(/error TS/g)?.length ?? 0;
  if (code !== 0)
    console.error(errors ? `${errors} type ${errors === 1 ? 'error' : 'errors'}: npx snapgrid build shows them.` : output.trim());
  writeFileSync(join(root, 'dist/.sources'), stamp);
}

/** Runs a program quietly under a line that says what happens; ended by Ctrl-C it says how to go on. */
function runChild(title, command, args) {
  const live = process.stderr.isTTY;
  const start = Date.now();
  const line = () => `${title} … ${Math.round((Date.now() - start) / 1000)} s`;
  process.stderr.write(live ? line() : `${title} …\n`);
  const timer = live ? setInterval(() => process.stderr.write(`\r${line()}`), 1000) : undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: command.endsWith('.cmd')});
    let output = '';
    let stopped;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text));
    const stop = signal => {
      stopped = signal;
      child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
    const finish = () => {
      clearInterval(timer);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
      if (live) process.stderr.write('\n');
    };
    child.on('error', error => {
      finish();
      reject(
        new SetupError(
          error.code === 'ENOENT'
            ? `Expected ${command} on the PATH, found none. It comes with Node: install Node from https://nodejs.org, then run the same command again.`
            : error.message,
        ),
      );
    });
    child.on('close', code => {
      finish();
      if (!stopped) return resolve({code, output});
      reject(
        Object.assign(new SetupError('Stopped. Run the same command again to continue.'), {exitCode: stopped === 'SIGINT' ? 130 : 143}),
      );
    });
  });
}

/** One process at a time does a step; the others wait, and find it done. */
async function withLock(name, isDone, run) {
  const folder = join(root, '.snapgrid', 'locks', name);
  mkdirSync(dirname(folder), {recursive: true});
  for (let said = false; !take(folder); said = true) {
    if (!said) console.error(`Waiting for another snapgrid that is setting up (${folder})`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  try {
    if (!isDone()) await run();
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const pid = Number(readText(`.snapgrid/locks/${folder.split(/[\\/]/).pop()}/pid`));
  const age = Date.now() - (statSync(folder, {throwIfNoEntry: false})?.mtimeMs ?? Date.now());
  // Its owner is gone, or died between the two steps of taking it.
  if (pid ? !isAlive(pid) : age > 5000) rmSync(folder, {recursive: true, force: true});
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readText(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
