import {afterAll, describe, expect, it} from 'vitest';
import {sleep, stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const loops = {
  'a loop': 'for (;;) {}',
  'a loop after an await': 'await null; for (;;) {}',
  'a loop of awaits': 'for (;;) await null',
  "a loop in a timer's callback": 'setTimeout(() => { for (;;) {} }, 5); await new Promise(() => {})',
  'a promise that never settles': 'await new Promise(() => {})',
  'a loop that prints': "for (;;) console.log('x'.repeat(1000))",
  'a loop that catches everything': 'for (;;) try { for (;;) {} } catch {} finally { continue }',
  'a loop in an immediate': 'setImmediate(() => { for (;;) {} }); await new Promise(() => {})',
  'a loop in an immediate between others':
    'setImmediate(() => {}); setImmediate(() => { for (;;) {} }); setImmediate(() => {}); await new Promise(() => {})',
  'a loop in an interval': 'setInterval(() => { for (;;) {} }, 1); await new Promise(() => {})',
};

it('a signal that a cell sends to its own process, and that nobody listens to, changes nothing', async () => {
  const session = new TestSession();
  expect(await session.text("process.kill(process.pid, 'SIGWINCH')")).toBe('true');
  expect(await session.text('process.kill(process.pid, 28)')).toBe('true');
  expect(await session.text('"alive"')).toBe("'alive'");
  session.stop();
});

describe('an interrupt', () => {
  for (const [name, loop] of Object.entries(loops))
    it(`ends ${name}, keeps state, and 30 allocating cells run after it`, async () => {
      const session = new TestSession();
      await session.run('const a = 42');
      const looping = session.run(loop);
      await sleep(150);
      session.connection.interrupt();
      expect(await looping).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
      for (let i = 0; i < 30; i++) {
        const done = await session.run('{ const z = []; for (let i = 0; i < 300000; i++) z.push({i}); z.length }');
        expect(done).toMatchObject({status: 'ok'});
      }
      expect(await session.text('a')).toBe('42');
      session.stop();
    });

  it('of a loop in an immediate leaves the immediates of earlier cells going', async () => {
    const session = new TestSession();
    await session.run('let beats = 0; const beat = () => setImmediate(() => { beats++; beat() }); for (let i = 0; i < 3; i++) beat()');
    const looping = session.run('setImmediate(() => { for (;;) {} }); await new Promise(() => {})');
    await sleep(150);
    session.connection.interrupt();
    expect(await looping).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    const turns = 'new Promise(resolve => setTimeout(resolve, 50))';
    expect(await session.text(`const before = beats; await ${turns}; beats > before`)).toBe('true');
    session.stop();
  });

  it.each(['for (let i = 0; ; i++) clearTimeout(setTimeout(() => {}, 5 + (i % 20)))', 'for (;;) clearImmediate(setImmediate(() => {}))'])(
    'leaves timers and immediates going where it hits one that is set or cleared: %s',
    async loop => {
      const session = new TestSession();
      for (let i = 0; i < 8; i++) {
        const looping = session.run(loop);
        await sleep(150);
        session.connection.interrupt();
        expect(await looping).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
        const durations = 'Array.from({length: 30}, (_, ms) => new Promise(resolve => setTimeout(resolve, ms)))';
        expect(await session.text(`await Promise.all([new Promise(setImmediate), ...${durations}]); ${i}`)).toBe(`${i}`);
      }
      session.stop();
    },
  );

  it('of two lanes ends what the session had not begun, as the other kept it busy', async () => {
    const session = new TestSession();
    for (let i = 0; i < 5; i++) {
      const both = [0, 1].map(lane => session.connection.run({name: 'In [1]', code: 'for (;;) {}', result: true}, undefined, lane));
      await sleep(150);
      session.connection.interrupt();
      for (const done of await Promise.all(both)) expect(done).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
      expect(await session.text(`${i}`)).toBe(`${i}`);
    }
    session.stop();
  });

  it('ends a timer of an earlier cell that lets the session do nothing else', async () => {
    const session = new TestSession();
    await session.run('setTimeout(() => { for (;;) {} }, 50)');
    await sleep(150);
    const waiting = session.run('1');
    session.connection.interrupt();
    expect(await waiting).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    expect(await session.text('2')).toBe('2');
    session.stop();
  });

  it('of a cell that is about to wait for a child leaves the child of an earlier cell alone', async () => {
    const session = new TestSession();
    await session.run("import cp from 'node:child_process'; import {pbkdf2Sync} from 'node:crypto'; const earlier = cp.spawn('cat')");
    await sleep(50);
    // What no interrupt can end, where the call waits for its child already and has not started it.
    const options = "{get cwd() { console.log('on'); pbkdf2Sync('p', 's', 3_000_000, 64, 'sha512'); return '.' }}";
    const waiting = session.run(`cp.execSync('true', ${options})`);
    await session.prints('on');
    session.connection.interrupt();
    expect(await waiting).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    await session.run('await new Promise(resolve => setTimeout(resolve, 50))'); // it would have been told of
    expect(await session.text('[earlier.exitCode, earlier.signalCode, earlier.kill()]')).toBe('[ null, null, true ]');
    session.stop();
  });

  it('that comes too late hits nothing', async () => {
    const session = new TestSession();
    for (let i = 0; i < 50; i++) {
      const running = session.run('1');
      session.connection.interrupt();
      await running;
      expect(await session.text(`${i}`)).toBe(`${i}`);
    }
    session.stop();
  });
});

describe('a cell that awaits what nothing else holds', () => {
  const never = {
    'a promise': 'await new Promise(() => {})',
    'an async function': 'const {a} = await (async () => { await new Promise(() => {}); return {a: 1} })()',
    'a generator': 'for await (const x of (async function* () { await new Promise(() => {}) })()) x',
    'several promises': 'await Promise.all([1, new Promise(() => {})])',
  };
  const allocates =
    'for (let k = 0; k < 40; k++) { const junk = []; for (let i = 0; i < 200_000; i++) junk.push({i}) } console.log("collected")';
  it.each(Object.entries(never))('lives through garbage collections: %s', async (_name, code) => {
    const session = new TestSession();
    const awaiting = session.run(`setTimeout(() => { ${allocates} }, 5); ${code}`);
    await session.prints('collected');
    session.connection.interrupt();
    expect(await awaiting).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    expect(await session.text('"alive"')).toBe("'alive'");
    session.stop();
  });
});

describe('a builtin that a cell replaces', () => {
  it.each([
    'Array.prototype.map = () => []',
    'Array.prototype[Symbol.iterator] = function* () {}',
    'Map.prototype.set = () => {}',
    'Promise.prototype.then = () => {}',
    'JSON.stringify = () => "{}"',
    'Function.prototype.apply = () => {}',
    'Uint8Array.prototype.set = () => {}',
    '(Array.prototype as any).toJSON = () => 5',
    'delete (globalThis as any).Array',
  ])('is put back where the session cannot go on with it, which is said: %s', async code => {
    const session = new TestSession();
    expect(await session.text(`${code}\n"done"`)).toBe("'done'");
    expect(session.printed({name: 'stderr'})).toContain('has been put back');
    expect(await session.text('console.log("x"); [1, {a: 2}]')).toBe('[ 1, { a: 2 } ]');
    session.stop();
  });

  it('is put back where it is no function any more, whatever it was, and the next cell runs', async () => {
    const session = new TestSession();
    const arrays = 'shift push at every indexOf forEach splice slice filter map concat keys values'.split(' ');
    const places = [
      ...arrays.map(name => `Array.prototype.${name}`),
      ...'Map.prototype[Symbol.iterator] Set.prototype[Symbol.iterator] Set.prototype.clear WeakMap.prototype.get'.split(' '),
      ...'Object.values Object.defineProperties Reflect.getOwnPropertyDescriptor Error.captureStackTrace Number.isInteger'.split(' '),
      ...['write', 'toString', 'writeUInt32LE', 'readUInt32LE', 'subarray'].map(name => `Buffer.prototype.${name}`),
      ...['store', 'notify', 'compareExchange', 'wait'].map(name => `Atomics.${name}`),
      ...['Atomics', 'Promise', 'console', 'process', 'setTimeout', 'queueMicrotask'].map(name => `globalThis.${name}`),
      ...'Object.getPrototypeOf(Uint8Array.prototype).indexOf process.env process.on process.nextTick'.split(' '),
      ...['emit', 'on', 'listenerCount'].map(name => `require('node:events').prototype.${name}`),
      ...['push', 'read', 'resume'].map(name => `require('node:stream').Readable.prototype.${name}`),
      ...['[].values()', 'new Map().values()', 'new Set().values()', "''[Symbol.iterator]()"].map(
        of => `Object.getPrototypeOf(${of}).next`,
      ),
    ];
    for (const place of places)
      for (const then of ['', 'await new Promise(resolve => setTimeout(resolve, 1))']) {
        await session.run(`(${place} as any) = null; ${then}`);
        const text = await session.text('await null; for (const x of [1]) console.log(x); [1, {a: 2}]');
        expect([place, text]).toEqual([place, '[ 1, { a: 2 } ]']);
      }
    session.stop();
  });

  it('stays where it does what the standard says', async () => {
    const session = new TestSession();
    await session.run(
      'let calls = 0; const push = Array.prototype.push; Array.prototype.push = function (...x) { calls++; return push.apply(this, x) }',
    );
    expect(await session.text('calls = 0; [].push(); calls')).toBe('1');
    expect(session.printed()).toBe('');
    session.stop();
  });
});
