import {execFile, spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {chmod, mkdtemp, open, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {SessionConnection} from '../../session/wire/connection.ts';
import {lossOf} from '../judge/limits.ts';
import {bundledProgram} from '../sandbox/bundle.ts';
import {sandboxPlan} from '../sandbox/plan.ts';
import {processTree} from '../sandbox/process-tree.ts';
import {type Sandbox, type SandboxPlan, startSandbox} from '../sandbox/sandbox.ts';
import {missingSandbox} from './class.ts';
import {gradedSmallLesson} from './small-lesson.ts';
import {systemCall} from './tiny-program.ts';

const missing = await missingSandbox();
const asRoot = process.getuid?.() === 0;
const ordinaryUser = 54_000;

/** Code that returns what it reached; what it throws is a refusal. */
const refused: Readonly<Record<string, string>> = {
  'write to /': "fs.writeFileSync('/x', 'x')",
  'write to /dev': "fs.writeFileSync('/dev/x', 'x')",
  'write among its own program': "fs.writeFileSync('/snapgrid/dist/session/main.js', 'x')",
  'write among what V8 kept of its program': "fs.writeFileSync('/snapgrid/code-cache/x', 'x')",
  'write among its packages': "fs.writeFileSync('/snapgrid/node_modules/@tensorflow/tfjs-core/package.json', 'x')",
  'write /proc/sys': "fs.writeFileSync('/proc/sys/vm/overcommit_memory', '1')",
  'map its user anew': "fs.writeFileSync('/proc/self/uid_map', '0 0 1')",
  'fill /tmp beyond 64 MB': "fs.writeFileSync('/tmp/a', Buffer.alloc(4e7)); fs.writeFileSync('/tmp/b', Buffer.alloc(4e7))",
  'fill /dev/shm beyond 16 MB': "fs.writeFileSync('/dev/shm/a', Buffer.alloc(2e7))",
  'write a file beyond 50 MB': "fs.writeFileSync('/tmp/a', Buffer.alloc(5.5e7))",
  'hold 300 files open': "for (let i = 0; i < 300; i++) fs.openSync('/tmp/held', 'a')",
  'read the memory of its first process': "return fs.readFileSync('/proc/1/mem', 'utf8')",
  'reach a server on this machine':
    "return await new Promise((yes, no) => process.getBuiltinModule('node:net').connect(22, '127.0.0.1', () => yes('connected')).on('error', no))",
  'resolve a name': "return await process.getBuiltinModule('node:dns/promises').lookup('localhost.localdomain.example')",
  'be another user': 'process.setuid(0)',
  'take 4 GB': 'const a = []; for (let i = 0; i < 40; i++) a.push(Buffer.alloc(1e8, 1))',
};

const calling = (program: string): string => `
  fs.writeFileSync('/tmp/caller', Buffer.from('${program}', 'base64'), {mode: 0o755});
  return process.getBuiltinModule('node:child_process').spawnSync('/tmp/caller').status`;
const newUserNamespace = 0x1000_0000;
const endOfChild = 17;

/** System calls of a program that was dropped in /tmp, with the error that each must meet: 1 is "operation not permitted", 28 "no space left". */
const calls: Readonly<Record<string, readonly [program: string, error: number]>> =
  process.arch === 'x64'
    ? {
        'memfd_create': [systemCall(319), 1],
        'shmget': [systemCall(29), 1],
        'mq_open': [systemCall(240), 1],
        'ptrace': [systemCall(101), 1],
        'bpf': [systemCall(321), 1],
        'io_uring_setup': [systemCall(425), 1],
        'keyctl': [systemCall(250), 1],
        'userfaultfd': [systemCall(323), 1],
        'mount': [systemCall(165), 1],
        'unshare': [systemCall(272), 1],
        'setsid': [systemCall(112), 1],
        'syslog': [systemCall(103), 1],
        'vmsplice': [systemCall(278), 1],
        'socket, for the network': [systemCall(41, 2), 1],
        'socket, for the kernel (netlink)': [systemCall(41, 16), 1],
        'socket, for the kernel’s ciphers': [systemCall(41, 38), 1],
        'socket, for the host of a virtual machine': [systemCall(41, 40), 1],
        // Those of Unix pass the filter; this one says no type, and meets 94, "socket type not supported".
        'socket, of Unix but wrong': [systemCall(41, 1), 94],
        'an x32 call': [systemCall(0x4000_0000 + 39), 1],
        // Every process starts with clone, so the filter lets it pass: the kernel has no user namespace left for them.
        'clone with a new user namespace': [systemCall(56, newUserNamespace | endOfChild), 28],
      }
    : {};

/** Of a few kilobytes each where that can be: many Nodes at once meet the limit of memory first. */
const waiting = process.arch === 'x64' ? "'/tmp/waiting', []" : "process.execPath, ['-e', 'setTimeout(() => {}, 1e6)']";
const pause = 34;
const processesHeld = `
  const {spawn} = process.getBuiltinModule('node:child_process');
  fs.writeFileSync('/tmp/waiting', Buffer.from('${systemCall(pause)}', 'base64'), {mode: 0o755});
  const children = [];
  for (let i = 0; i < 200; i++) { const child = spawn(${waiting}, {stdio: 'ignore'}); child.on('error', () => {}); children.push(child); }
  return children.filter(child => child.pid !== undefined).length`;
const filesSeen =
  "const seen = []; for (const folder of ['/', '/snapgrid', '/snapgrid/data', '/snapgrid/dist', '/usr', '/usr/bin']) if (fs.existsSync(folder)) seen.push(folder + ': ' + fs.readdirSync(folder).sort().join(' ')); return seen";
const environmentSeen = "return [Object.keys(process.env).sort().join(' '), fs.readFileSync('/proc/1/environ', 'utf8')]";

const codes: Readonly<Record<string, string>> = {
  ...refused,
  ...Object.fromEntries(Object.entries(calls).map(([name, [program]]) => [name, calling(program)])),
  processesHeld,
  filesSeen,
  environmentSeen,
};

// Root's sandboxes are started under users of their own; somebody else's under that user's own name.
describe.skipIf(missing).each(asRoot ? ['root', 'an ordinary user'] : ['an ordinary user'])('a sandbox of %s refuses to', user => {
  let reached: ReadonlyMap<string, string>;
  let program: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'snapgrid-walls-'));
    await chmod(folder, 0o755);
    const file = join(folder, 'codes.json');
    await writeFile(file, JSON.stringify(Object.values(codes)));
    const uid = asRoot && user !== 'root' ? {uid: ordinaryUser, gid: ordinaryUser} : {};
    const {stdout} = await promisify(execFile)(process.execPath, [join(projectRoot, 'dist/grader/test/walls-process.js'), file], {
      cwd: '/',
      ...uid,
    });
    await rm(folder, {recursive: true});
    const said = JSON.parse(stdout) as {readonly program: string; readonly reached: readonly string[]};
    program = said.program;
    reached = new Map(Object.keys(codes).map((name, i) => [name, said.reached[i]!]));
  }, 180_000);

  it('start from anything but the one file of the session', () => {
    expect(program).toBe(bundledProgram);
  });

  it.each(Object.keys(refused))('%s', name => {
    expect(reached.get(name)).toMatch(/^refused /);
  });

  // A mistake in the numbers, or a sandbox without its filter, gives another error or none.
  it.each(Object.entries(calls).map(([name, [, error]]) => ({name, error})))(
    'let a program that was dropped in /tmp call $name',
    ({name, error}) => {
      expect(reached.get(name)).toBe(`ALLOWED ${error}`);
    },
  );

  it('hold 200 processes', () => {
    const held = reached.get('processesHeld')!;
    expect(held).toMatch(/^ALLOWED \d\d?$/);
    expect(Number(held.split(' ')[1])).toBeLessThan(64);
  });

  it('show a file of this machine beyond its program, its packages and their libraries', () => {
    const seen = reached.get('filesSeen')!;
    expect(seen).toMatch(/"\/snapgrid: code-cache (data )?dist node_modules package.json"/);
    if (existsSync(join(projectRoot, 'data/weights'))) expect(seen).toContain('"/snapgrid/data: weights"');
    expect(seen).toContain('"/snapgrid/dist: backend data project session"');
    expect(seen).toMatch(/"\/usr\/bin: (ldd )?node prlimit"/);
    expect(seen).not.toMatch(/etc|root|home|work/);
  });

  it('show an environment beyond what it sets, also in its first process', () => {
    const seen = reached.get('environmentSeen')!;
    expect(seen).toContain('HOME OMP_NUM_THREADS PATH');
    expect(seen).not.toMatch(/SECRET|TOKEN|USER|LOGNAME|VITEST/);
  });
});

describe.skipIf(missing)('a sandbox', () => {
  const started: Sandbox[] = [];
  afterEach(() => started.splice(0).forEach(sandbox => sandbox.kill()));

  const plan = (): Promise<SandboxPlan> => sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});
  const start = async (planned: SandboxPlan): Promise<{sandbox: Sandbox; connection: SessionConnection}> => {
    const sandbox = startSandbox(planned);
    started.push(sandbox);
    const connection = new SessionConnection(sandbox.streams);
    await connection.ready;
    return {sandbox, connection};
  };

  it('ends with all of its processes', async () => {
    const {sandbox, connection} = await start(await plan());
    await connection.run({
      name: 'attack',
      code: "const {spawn} = process.getBuiltinModule('node:child_process'); for (let i = 0; i < 10; i++) spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)//survivor'], {detached: true, stdio: 'ignore'})",
      result: false,
    });
    expect(sandbox.processes()).toBeGreaterThan(5);
    sandbox.kill();
    await sandbox.ended;
    expect(sandbox.processes()).toBe(0);
  });

  it.each([
    ['which is a timeout', '', 'timeout'],
    ['also where it does not heed the signal', "process.on('SIGXCPU', () => {});", 'error'],
  ])('ends when it has used its processor time, %s', async (_, before, verdict) => {
    const planned = await plan();
    const {sandbox, connection} = await start({...planned, limits: {...planned.limits, cpuSeconds: 2}});
    connection.run({name: 'attack', code: `${before} for (;;) {}`, result: false}).catch(() => undefined);
    expect(lossOf(await sandbox.ended, false).verdict).toBe(verdict);
  });

  it.runIf(asRoot)('that root starts runs as an unprivileged user of its own, in a session of its own', async () => {
    const planned = await plan();
    await Promise.all([start(planned), start(planned)]);
    const sandboxes = processTree(process.pid).filter(pid => status(pid).includes('Name:\tbwrap'));
    const roots = sandboxes.filter(pid => !sandboxes.includes(Number(/^PPid:\s+(\d+)$/m.exec(status(pid))?.[1])));
    const users = roots.map(pid => /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/m.exec(status(pid))!.slice(1));
    expect(new Set(users.map(String)).size).toBe(2);
    for (const ids of users) expect(ids.every(id => Number(id) >= 54_321)).toBe(true);
  });
});

describe.skipIf(missing)('what whoever starts the grader left open', () => {
  it('is no way out: a lock file that a script holds stays as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'snapgrid-held-'));
    const [held, file] = [join(folder, 'held'), join(folder, 'codes.json')];
    const writing =
      "let written = 0; for (let fd = 3; fd < 256; fd++) try { fs.writeSync(fd, 'taken'); written += fd === 200; } catch {} return written";
    const listing =
      "return fs.readdirSync('/proc/self/fd').map(fd => { try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } }).filter(path => path.startsWith('/') && path !== '/dev/null')";
    await writeFile(file, JSON.stringify([writing, listing]));
    const lock = await open(held, 'w');
    const child = spawn(process.execPath, [join(projectRoot, 'dist/grader/test/walls-process.js'), file], {
      stdio: ['ignore', 'pipe', 'inherit', ...Array<'ignore'>(197).fill('ignore'), lock.fd],
    });
    let said = '';
    for await (const chunk of child.stdout!) said += chunk;
    expect((JSON.parse(said) as {reached: string[]}).reached[1]).toBe('ALLOWED []');
    expect(readFileSync(held, 'utf8')).toBe('');
    await lock.close();
    await rm(folder, {recursive: true});
  });
});

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
