import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {SessionConnection} from '../../session/wire/connection.ts';
import {sandboxPlan} from '../grade.ts';
import {bundledProgram} from '../sandbox/bundle.ts';
import {type Sandbox, startSandbox} from '../sandbox/sandbox.ts';
import {missingSandbox} from './class.ts';
import {gradedSmallLesson} from './small-lesson.ts';
import {systemCall} from './tiny-program.ts';

const missing = await missingSandbox();

describe.skipIf(missing)('a sandbox refuses to', () => {
  const started: Sandbox[] = [];
  afterEach(() => started.splice(0).forEach(sandbox => sandbox.kill()));

  /** Runs code that returns what it reached; what it throws is a refusal. */
  const attempt = async (code: string): Promise<string> => {
    const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});
    expect(plan.runtime.program).toBe(bundledProgram);
    const sandbox = startSandbox(plan);
    started.push(sandbox);
    const connection = new SessionConnection(sandbox.streams);
    await connection.ready;
    expect(await connection.run({name: 'start', code: `import '${plan.preload}'`, result: false})).toEqual({status: 'ok'});
    await connection.run({
      name: 'attack',
      code: `const fs = process.getBuiltinModule('node:fs');\nasync function attack() { ${code} }`,
      result: false,
    });
    // Killed for what it took is refused, too.
    const called = await connection.call('attack', []).catch((error: Error) => ({status: 'error' as const, error}));
    return called.status === 'ok' ? `ALLOWED ${JSON.stringify(called.value)}` : `refused ${called.error.message}`;
  };

  it.each([
    ['write to /', "fs.writeFileSync('/x', 'x')"],
    ['write to /dev', "fs.writeFileSync('/dev/x', 'x')"],
    ['write among its own program', "fs.writeFileSync('/snapgrid/dist/session/main.js', 'x')"],
    ['write among what V8 kept of its program', "fs.writeFileSync('/snapgrid/code-cache/x', 'x')"],
    ['write among its packages', "fs.writeFileSync('/snapgrid/node_modules/@tensorflow/tfjs-core/package.json', 'x')"],
    ['write /proc/sys', "fs.writeFileSync('/proc/sys/vm/overcommit_memory', '1')"],
    ['map its user anew', "fs.writeFileSync('/proc/self/uid_map', '0 0 1')"],
    ['fill /tmp beyond 64 MB', "fs.writeFileSync('/tmp/a', Buffer.alloc(4e7)); fs.writeFileSync('/tmp/b', Buffer.alloc(4e7))"],
    ['fill /dev/shm beyond 16 MB', "fs.writeFileSync('/dev/shm/a', Buffer.alloc(2e7))"],
    ['write a file beyond 50 MB', "fs.writeFileSync('/tmp/a', Buffer.alloc(5.5e7))"],
    ['read the memory of its first process', "return fs.readFileSync('/proc/1/mem', 'utf8')"],
    [
      'reach a server on this machine',
      "return await new Promise((yes, no) => process.getBuiltinModule('node:net').connect(22, '127.0.0.1', () => yes('connected')).on('error', no))",
    ],
    ['resolve a name', "return await process.getBuiltinModule('node:dns/promises').lookup('localhost.localdomain.example')"],
    ['be another user', 'process.setuid(0)'],
    ['take 4 GB', 'const a = []; for (let i = 0; i < 40; i++) a.push(Buffer.alloc(1e8, 1))'],
  ])('%s', async (_, code) => {
    expect(await attempt(code)).toMatch(/^refused (?!No backend)/);
  });

  // A mistake in the numbers, or a sandbox without its filter, gives another error than "operation not permitted" or none.
  it.runIf(process.arch === 'x64').each([
    ['memfd_create', 319],
    ['shmget', 29],
    ['mq_open', 240],
    ['ptrace', 101],
    ['bpf', 321],
    ['io_uring_setup', 425],
    ['keyctl', 250],
    ['userfaultfd', 323],
    ['mount', 165],
    ['unshare', 272],
    ['an x32 call', 0x4000_0000 + 39],
  ])('let a program that was dropped in /tmp call %s', async (_, number) => {
    const code = `
      fs.writeFileSync('/tmp/caller', Buffer.from('${systemCall(number)}', 'base64'), {mode: 0o755});
      return process.getBuiltinModule('node:child_process').spawnSync('/tmp/caller').status`;
    expect(await attempt(code)).toBe('ALLOWED 1');
  });

  it('hold 200 processes', async () => {
    const code = `
      const {spawn} = process.getBuiltinModule('node:child_process');
      const children = [];
      for (let i = 0; i < 200; i++) { const child = spawn(process.execPath, ['-e', '0'], {stdio: 'ignore'}); child.on('error', () => {}); children.push(child); }
      return children.filter(child => child.pid !== undefined).length`;
    const held = await attempt(code);
    expect(held).toMatch(/^ALLOWED \d\d?$/);
    expect(Number(held.split(' ')[1])).toBeLessThan(64);
  });

  it('show a file of this machine beyond its program, its packages and their libraries', async () => {
    const code =
      "const seen = []; for (const folder of ['/', '/snapgrid', '/snapgrid/data', '/snapgrid/dist', '/usr', '/usr/bin']) if (fs.existsSync(folder)) seen.push(folder + ': ' + fs.readdirSync(folder).sort().join(' ')); return seen";
    const seen = await attempt(code);
    expect(seen).toMatch(/"\/snapgrid: code-cache (data )?dist node_modules package.json"/);
    if (existsSync(join(projectRoot, 'data/weights'))) expect(seen).toContain('"/snapgrid/data: weights"');
    expect(seen).toContain('"/snapgrid/dist: backend data project session"');
    expect(seen).toMatch(/"\/usr\/bin: (ldd )?node prlimit"/);
    expect(seen).not.toMatch(/etc|root|home|work/);
  });

  it('show an environment beyond what it sets, also in its first process', async () => {
    const seen = await attempt("return [Object.keys(process.env).sort().join(' '), fs.readFileSync('/proc/1/environ', 'utf8')]");
    expect(seen).toContain('HOME OMP_NUM_THREADS PATH');
    expect(seen).not.toMatch(/SECRET|TOKEN|USER|LOGNAME|VITEST/);
  });

  it('outlive its end with a single process', async () => {
    const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});
    const sandbox = startSandbox(plan);
    const connection = new SessionConnection(sandbox.streams);
    await connection.ready;
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
});
