import {readdirSync} from 'node:fs';
import {afterAll, describe, expect, it} from 'vitest';
import {sleep, stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const without = (): TestSession => new TestSession({secondThread: false});
const threads = ({child}: TestSession): number => readdirSync(`/proc/${child.pid}/task`).length;

describe('a session without a second thread', () => {
  it.skipIf(process.platform !== 'linux')('has one thread less', async () => {
    const [one, two] = [without(), new TestSession()];
    for (const session of [one, two]) await session.text('1');
    expect(threads(two) - threads(one)).toBe(1);
  });

  it.each([
    ['a loop', 'for (;;) {}'],
    ['a loop that catches everything', 'for (;;) try { for (;;) {} } catch {} finally { continue }'],
  ])('ends %s at its limit, keeps what came before it, and goes on', async (_, loop) => {
    const session = without();
    const done = await session.connection.run({
      name: 'In [1]',
      code: `let a = 41; console.log('printed'); ${loop}`,
      result: false,
      limitMs: 200,
    });
    expect(done).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    expect(session.printed()).toBe('printed\n');
    expect(await session.text('a + 1')).toBe('42');
  });

  it('lets a cell that awaits go on beyond its limit, until it is interrupted', async () => {
    const session = without();
    let ended = false;
    const code = 'await new Promise(() => {})';
    const waiting = session.connection.run({name: 'In [1]', code, result: false, limitMs: 50}).finally(() => (ended = true));
    await sleep(300);
    expect(ended).toBe(false);
    session.connection.interrupt();
    expect(await waiting).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
    expect(await session.text('40 + 2')).toBe('42');
  });

  it('sends what was printed while it awaits', async () => {
    const session = without();
    void session.run("console.log('before'); await new Promise(() => {})").catch(() => undefined);
    await session.prints('before');
    expect(session.printed()).toBe('before\n');
  });

  it('ends when its host lets go of the control pipe', async () => {
    const session = without();
    await session.text('1');
    const ended = new Promise(resolve => session.child.on('exit', resolve));
    session.child.stdio[4]!.destroy();
    await ended;
    expect(session.child.signalCode).toBe('SIGKILL');
  });
});
