import {afterAll, beforeEach, describe, expect, it} from 'vitest';
import {sleep, stopAll, TestSession} from './start.ts';

let session: TestSession;
beforeEach(() => {
  stopAll();
  session = new TestSession();
});
afterAll(stopAll);

describe('printed output', () => {
  it('comes in order, whatever prints it, before the answer', async () => {
    await session.run(`
      import * as fs from 'node:fs';
      console.log('one', {a: 1}); process.stdout.write('two\\n'); fs.writeSync(1, 'three\\n'); console.error('four');
      fs.writeSync(2, Buffer.from('five\\n')); console.table([{x: 1}]); console.log('six')`);
    const streams = session.events.filter(e => e.type === 'stream');
    expect(streams.map(e => e.name)).toEqual(['stdout', 'stderr', 'stdout']);
    expect(session.printed({name: 'stdout'})).toMatch(/^one { a: 1 }\ntwo\nthree\n[^]*six\n$/);
    expect(session.printed({name: 'stderr'})).toBe('four\nfive\n');
  });

  it('of 100,000 lines all comes before the answer', async () => {
    await session.run('for (let i = 0; i < 100000; i++) console.log(`line ${i}`)');
    const lines = session.printed().split('\n');
    expect(lines.length).toBe(100_001);
    expect(lines[99_999]).toBe('line 99999');
  });

  it('of an endless loop comes while it runs', async () => {
    const looping = session.run("console.log('before'); for (;;) {}");
    await session.prints('before');
    session.connection.interrupt();
    expect(await looping).toMatchObject({status: 'error'});
  });

  it('larger than any buffer comes whole, in any language', async () => {
    await session.run(
      "console.log('é🙂'.repeat(300000)); const half = Buffer.from('é'); process.stdout.write(half.subarray(0, 1)); process.stdout.write(half.subarray(1))",
    );
    expect(session.printed()).toBe(`${'é🙂'.repeat(300_000)}\né`);
  });

  it('is not cut in two by an interrupt', async () => {
    for (let i = 0; i < 5; i++) {
      const printing = session.run("for (;;) console.log('x'.repeat(30000))");
      await sleep(60);
      session.connection.interrupt();
      await printing;
      expect(await session.text('1')).toBe('1');
    }
  });

  it('that comes late belongs to the cell that caused it', async () => {
    await session.run("setTimeout(async () => { console.log('late'); await null; console.log('later') }, 50)");
    await session.run("console.log('second'); await new Promise(r => setTimeout(r, 200))");
    await session.prints('later');
    expect(session.printed({cell: 1})).toBe('late\nlater\n');
    expect(session.printed({cell: 2})).toBe('second\n');
  });

  it('longer than a frame arrives whole, character by character', async () => {
    const long = "'x😀'.repeat(6e6)";
    expect(await session.run(`process.stdout.write(${long}); 0`)).toMatchObject({status: 'ok'});
    const printed = session.printed();
    expect(printed.length).toBe(18e6);
    expect(printed === 'x😀'.repeat(6e6)).toBe(true);
  });

  it('over the cap is dropped, which is said once', async () => {
    const capped = new TestSession({outputBytes: 1000});
    await capped.run("for (let i = 0; i < 1e5; i++) console.log('some text')");
    expect(capped.printed().length).toBeLessThan(1100);
    expect(capped.printed().match(/not shown/g)?.length).toBe(1);
    await capped.run("console.log('next cell')");
    expect(capped.printed()).toContain('next cell');
  });
});

describe('native output', () => {
  it('of a child comes before the answer, on the right stream', async () => {
    for (let i = 1; i <= 5; i++) {
      await session.run(`import {execSync} from 'node:child_process'; execSync('echo child ${i}; echo bad >&2', {stdio: 'inherit'})`);
      expect(session.printed({cell: i, name: 'stdout'})).toBe(`child ${i}\n`);
      expect(session.printed({cell: i, name: 'stderr'})).toBe('bad\n');
    }
  });

  it('does not hold a cell back whose child lives on with its descriptors', async () => {
    await session.run("import {spawn} from 'node:child_process'; const child = spawn('sleep', ['30'], {stdio: 'inherit'}); child.pid");
    expect(await session.text('child.kill()')).toBe('true');
  });

  it('does not hold a cell back that closed its descriptors', async () => {
    expect(await session.run("import * as fs from 'node:fs'; fs.closeSync(1); fs.closeSync(2); console.log('still')")).toEqual({
      status: 'ok',
    });
    expect(session.printed()).toBe('still\n');
  });
});

describe('what nobody caught', () => {
  it('while the cell ran is shown before the answer', async () => {
    for (const code of [
      "Promise.reject(new Error('rejected'))",
      "process.nextTick(() => { throw new Error('rejected') })",
      "queueMicrotask(() => { throw new Error('rejected') })",
      "await null; void (async () => { throw new Error('rejected') })()",
    ]) {
      session.events.length = 0;
      expect(await session.run(`${code}; 0`)).toMatchObject({status: 'ok'});
      expect([code, session.printed({name: 'stderr'})]).toEqual([code, expect.stringContaining('Error: rejected')]);
    }
  });

  it('is shown under its cell and ends nothing', async () => {
    await session.run("setTimeout(() => { throw new Error('thrown late') }, 10); Promise.reject(new Error('never caught')); 0", 'In [1]');
    await session.prints('thrown late');
    await session.prints('never caught');
    expect(session.printed({name: 'stderr', cell: 1})).toContain('(In [1]:1:');
    expect(await session.text('1 + 1')).toBe('2');
  });

  it('is shown, and SIGINT ignored, after a cell removed every listener', async () => {
    await session.run(
      "process.removeAllListeners(); process.kill(process.pid, 'SIGINT'); setTimeout(() => { throw new Error('still shown') }, 10)",
    );
    await session.prints('still shown');
    expect(await session.text('1 + 1')).toBe('2');
  });

  it('process.exit ends the cell, not the session', async () => {
    await session.run('const kept = 1');
    expect(await session.run('process.exit(3)')).toMatchObject({status: 'error', error: {name: 'ExitError'}});
    expect(await session.text('kept')).toBe('1');
  });

  it('SIGINT is ignored', async () => {
    await session.run("process.kill(process.pid, 'SIGINT')");
    expect(await session.text('1')).toBe('1');
  });
});
