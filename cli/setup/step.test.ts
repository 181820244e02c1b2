import {describe, expect, it} from 'vitest';
import {CannotSetUp, type Display, runSteps, type Step} from './step.ts';

const shown: string[] = [];
const display: Display = {
  begin: title => ({update: () => {}, end: problem => void shown.push(`${title}: ${problem ?? 'ok'}`)}),
};

function step(
  name: string,
  {needs = [], done = false, run = async () => {}}: {needs?: string[]; done?: boolean; run?: Step['run']} = {},
): Step {
  return {name, title: name, needs, isDone: () => done, run};
}

const run = (steps: Step[], signal = new AbortController().signal) => runSteps(steps, display, signal);

describe('runSteps', () => {
  it('skips what is done and runs the rest in order', async () => {
    const ran: string[] = [];
    const record = (name: string) => async () => void ran.push(name);
    const outcomes = await run([
      step('a', {done: true, run: record('a')}),
      step('b', {run: record('b')}),
      step('c', {needs: ['a', 'b'], run: record('c')}),
    ]);
    expect(ran).toEqual(['b', 'c']);
    expect(outcomes.map(({state}) => state)).toEqual(['already done', 'done', 'done']);
  });

  it('goes on after a step that this machine cannot do, without trying what needs it', async () => {
    let tried = false;
    const outcomes = await run([
      step('python', {run: async () => Promise.reject(new CannotSetUp('no Python; install it'))}),
      step('jupyter', {needs: ['python'], run: async () => void (tried = true)}),
      step('settings', {needs: ['jupyter'], run: async () => void (tried = true)}),
      step('kernel'),
    ]);
    expect(tried).toBe(false);
    expect(outcomes.map(({state}) => state)).toEqual(['not possible', 'not possible', 'not possible', 'done']);
    expect(outcomes[2]!.reason).toBe('no Python; install it');
  });

  it('takes a full disk for something that this machine lacks', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});
    const [outcome] = await run([step('a', {run: async () => Promise.reject(full)})]);
    expect(outcome).toMatchObject({state: 'not possible', reason: expect.stringMatching(/^The disk is full: free some space/)});
  });

  it('does not hide a mistake of its own as a missing part', async () => {
    await expect(run([step('a', {run: async () => Promise.reject(new TypeError('x is not a function'))})])).rejects.toThrow(TypeError);
  });

  it('stops at an interrupt, and the next run does the same step again', async () => {
    const abort = new AbortController();
    const interrupted = step('a', {
      run: async ({signal}) => {
        abort.abort();
        signal.throwIfAborted();
      },
    });
    await expect(run([interrupted, step('b')], abort.signal)).rejects.toThrow(/abort/i);
    expect(shown.at(-1)).toBe('a: stopped');
    expect((await run([step('a')])).map(({state}) => state)).toEqual(['done']);
  });
});
