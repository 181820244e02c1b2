import {afterAll, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const asking = [
  "await input('Name? ')",
  'await password()',
  "await require('readline/promises').createInterface({input: process.stdin}).question('Name? ')",
  "await new Promise(resolve => process.stdin.once('data', resolve))",
];

describe('where nobody is there to answer, as in grading,', () => {
  const session = new TestSession();

  it.each(asking)('%s fails at once', async code => {
    const done = await session.run(code);
    expect(done).toMatchObject({status: 'error', error: {name: 'StdinNotImplementedError'}});
    expect(session.events.filter(({type}) => type === 'ask')).toEqual([]);
  });

  it('page and setNextInput do no harm', async () => {
    expect(await session.text("page('x'); setNextInput('1'); 2")).toBe('2');
  });
});

describe('lanes', () => {
  const session = new TestSession();
  const run = (code: string, lane: number): Promise<unknown> =>
    session.connection.run({name: `lane ${lane}`, code, result: true}, () => {}, lane);

  it('overlap at awaits, and keep their order each', async () => {
    const main = run(
      'let open!: () => void; const order: string[] = []; await new Promise<void>(resolve => { open = resolve }); order.push("main")',
      0,
    );
    const behind = run('order.push("behind")', 0);
    await run('order.push("side"); open()', 1);
    await Promise.all([main, behind]);
    expect(await session.text('order.join()')).toBe("'side,main,behind'");
  });

  it('do not take from each other what `using` holds', async () => {
    const main = run(
      'using held = {open: true, [Symbol.dispose]() { this.open = false }}; await new Promise(resolve => setTimeout(resolve, 300)); const still = held.open',
      0,
    );
    await new Promise(resolve => setTimeout(resolve, 100));
    await run('1', 1);
    await main;
    expect(await session.text('[still, held.open]')).toBe('[ true, false ]');
  });

  it('end together when interrupted, 20 times over, and collecting garbage after it harms nothing', async () => {
    for (let i = 0; i < 20; i++) {
      const all = [run('await new Promise(() => {})', 0), run('await new Promise(() => {})', 1), run('for (;;) {}', 2)];
      await new Promise(resolve => setTimeout(resolve, 30));
      session.connection.interrupt();
      for (const done of await Promise.all(all)) expect(done).toMatchObject({status: 'error', error: {name: 'Interrupted'}});
      expect(await session.text('Array.from({length: 1e5}, () => ({})).length')).toBe('100000');
    }
  }, 15_000);
});
