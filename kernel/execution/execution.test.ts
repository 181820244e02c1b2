import {describe, expect, it} from 'vitest';
import type {Event} from '../../session/wire/messages.ts';
import {describeDeath} from './death.ts';
import {LastWords} from './last-words.ts';

describe('the death of a session', () => {
  it.each([
    [
      {code: null, signal: 'SIGABRT', lastWords: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'},
      'OutOfMemory',
      '--max-old-space-size',
    ],
    [{code: null, signal: 'SIGSEGV', lastWords: ''}, 'NativeFault', 'SIGSEGV'],
    [{code: null, signal: 'SIGBUS', lastWords: 'Waiting for the debugger to disconnect...\n'}, 'NativeFault', '(SIGBUS). Look at'],
    [{code: null, signal: 'SIGKILL', lastWords: ''}, 'Killed', 'memory'],
    [{code: 134, signal: null, lastWords: '\nterminate: Error: bad shape\n'}, 'SessionEnded', 'bad shape'],
    [{code: null, signal: null, lastWords: ''}, 'SessionNotStarted', 'doctor'],
    [{code: null, signal: null, lastWords: '', missingFolder: '/gone'}, 'SessionNotStarted', '/gone is gone'],
    [{code: null, signal: 'SIGKILL', lastWords: '', broken: 'It broke the protocol'}, 'SessionBroken', 'descriptor'],
  ] as const)('%j is called %s', (signs, name, hint) => {
    const death = describeDeath(signs);
    expect(death.name).toBe(name);
    expect(death.message).toContain(hint);
  });
});

describe('the last words of a session', () => {
  const stderr = (text: string): Event => ({type: 'stream', id: 1, name: 'stderr', text});

  it('are those of the request that ran, without what was written before', () => {
    const words = new LastWords();
    words.hear(Buffer.from('an earlier cell'));
    words.forget();
    words.hear(Buffer.from('bad '));
    words.hear(Buffer.from('shape'));
    expect(words.text).toBe('bad shape');
  });

  it("show what a cell wrote, and Node's dump only if the session lives", () => {
    const words = new LastWords();
    expect(words.withoutDump(stderr('mine\n----- Native stack trace -----\n 1: 0xd3'))).toEqual([stderr('mine')]);
    expect(words.withoutDump(stderr(' 2: 0xf5'))).toEqual([]);
    const alive: Event = {type: 'clear', id: 1, wait: false};
    expect(words.withoutDump(alive)).toEqual([stderr('\n----- Native stack trace -----\n 1: 0xd3'), stderr(' 2: 0xf5'), alive]);
    expect(words.release()).toEqual([]);
    expect(words.withoutDump(stderr('FATAL ERROR: the disk is full'))).toEqual([stderr('FATAL ERROR: the disk is full')]);
  });
});
