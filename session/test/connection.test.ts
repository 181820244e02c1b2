import {afterAll, describe, expect, it} from 'vitest';
import {SessionEnded} from '../wire/connection.ts';
import {type FakeSession, fakeSession} from './fake.ts';
import {sleep, stopAll, TestSession} from './start.ts';

afterAll(stopAll);

describe('a session that dies', () => {
  it('ends the connection and rejects what is pending, with its last words heard', async () => {
    const session = new TestSession();
    const running = session.run('process.abort()');
    await expect(running).rejects.toBeInstanceOf(SessionEnded);
    expect(await session.connection.ended).toMatchObject({reason: 'exit'});
    await expect(session.run('1')).rejects.toBeInstanceOf(SessionEnded);
  });

  it('by closing the descriptor that requests come on ends the connection', async () => {
    const session = new TestSession();
    expect(await session.run("import * as fs from 'node:fs'; fs.closeSync(3)")).toMatchObject({status: 'ok'});
    await expect(session.run('1')).rejects.toBeInstanceOf(SessionEnded);
    session.stop();
  });

  it('dies when its host lets go of the control pipe, busy or not', async () => {
    for (const code of ['1', 'for (;;) {}']) {
      const session = new TestSession();
      const running = session.run(code).catch(() => {});
      await sleep(200);
      const exit = new Promise(resolve => session.child.once('exit', (_code, signal) => resolve(signal)));
      session.child.stdio[4]!.destroy();
      expect(await exit).toBe('SIGKILL');
      await running;
    }
  });
});

describe('a session that breaks the protocol', () => {
  const broken: Record<string, (f: FakeSession, id: number) => void> = {
    'noise': f => f.events.write(Buffer.alloc(64, 0xff)),
    'an unknown event': (f, id) => f.say({type: 'grade', id, points: 5}),
    'an event of no request': (f, id) => f.say({type: 'stream', id: id + 1, name: 'stdout', text: ''}),
    'an answer to a guessed request': f => f.say({type: 'done', id: 1, status: 'ok'}),
    'an answer without its error': (f, id) => f.say({type: 'done', id, status: 'error'}),
    'a comm without a name': (f, id) => f.say({type: 'comm', id, event: 'message', comm: '', data: {}, metadata: {}}),
    'a comm whose name is endless': (f, id) => f.say({type: 'comm', id, event: 'close', comm: 'x'.repeat(9999), data: {}, metadata: {}}),
    'a comm without data': (f, id) => f.say({type: 'comm', id, event: 'message', comm: 'c', data: [], metadata: {}}),
    'a comm that opens nothing': (f, id) => f.say({type: 'comm', id, event: 'open', comm: 'c', data: {}, metadata: {}}),
    'a text that is none': (f, id) => f.say({type: 'stream', id, name: 'stdout', text: 5}),
    'a value that is none': (f, id) =>
      f.say({type: 'done', id, status: 'ok', value: {$: 'tensor', dtype: 'float32', shape: [1e9], b: 0}}, [new Uint8Array(8)]),
    'another version': f => f.say({type: 'ready', version: 99, node: '', pid: 1}),
  };
  for (const [name, send] of Object.entries(broken))
    it(`with ${name} is ended, and nothing later is believed`, async () => {
      const f = fakeSession();
      const {running, id} = f.run();
      send(f, id);
      f.say({type: 'done', id, status: 'ok'});
      await expect(running).rejects.toBeInstanceOf(SessionEnded);
      expect(await f.connection.ended).toMatchObject({reason: 'protocol'});
    });

  it('from inside a cell, by writing on its descriptor, is ended', async () => {
    const session = new TestSession();
    const running = session.run("import * as fs from 'node:fs'; fs.writeSync(5, 'x'.repeat(100)); 1");
    await expect(running).rejects.toBeInstanceOf(SessionEnded);
    expect(await session.connection.ended).toMatchObject({reason: 'protocol'});
  });
});

describe('native output', () => {
  it('is text however its bytes are cut', async () => {
    const f = fakeSession();
    const texts: string[] = [];
    f.connection.listen(event => event.type === 'stream' && texts.push(event.text));
    for (const byte of Buffer.from('a\0bé🙂')) f.stdout.write(Buffer.of(byte));
    await sleep(20);
    expect(texts.join('')).toBe('a\0bé🙂');
  });

  it('that was written before an answer is heard before it, however much the pipe holds', async () => {
    const session = new TestSession();
    for (let i = 1; i <= 20; i++) {
      const code =
        "import {spawnSync} from 'node:child_process'; spawnSync('sh', ['-c', 'yes | head -c 150000; echo y >&2'], {stdio: 'inherit'}); 0";
      expect(await session.run(code)).toMatchObject({status: 'ok'});
      expect(session.printed({cell: i, name: 'stdout'}).length).toBe(150_000);
      expect(session.printed({cell: i, name: 'stderr'})).toBe('y\n');
    }
    session.stop();
  });
});

describe('an answer', () => {
  it('that never comes after an interrupt is given by the host', async () => {
    const f = fakeSession();
    const {running, id} = f.run();
    f.connection.interrupt();
    expect(await running).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    f.say({type: 'done', id, status: 'ok'});
  });
});
