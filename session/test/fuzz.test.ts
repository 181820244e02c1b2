import {afterEach, beforeEach, expect, it} from 'vitest';
import {SessionEnded} from '../wire/connection.ts';
import {encodeFrame} from '../wire/frames.ts';
import {wireVersion} from '../wire/messages.ts';
import {type FakeSession, fakeSession} from './fake.ts';

/** A second in `npm test`, a minute in the long tests. */
const seconds = Number(process.env['SNAPGRID_FUZZ_SECONDS'] ?? 1);

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => void process.on('uncaughtException', note).on('unhandledRejection', note));
afterEach(() => void process.off('uncaughtException', note).off('unhandledRejection', note));

/** Numbers that a seed repeats (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What a session that behaves would send for a request. */
function honest(id: number): Buffer {
  const frames: [Record<string, unknown>, Uint8Array[]?][] = [
    [{type: 'ready', version: wireVersion, node: '20.0.0', pid: 1}],
    [{type: 'stream', id, name: 'stdout', text: 'printed é🙂'}],
    [{type: 'display', id, bundle: {'text/plain': '1', 'application/json': {a: [1, null]}}, metadata: {}, displayId: 'd', update: true}],
    [{type: 'clear', id, wait: true}],
    [{type: 'comm', id, event: 'open', comm: 'c', target: 't', data: {}, metadata: {}}, [Uint8Array.of(1, 2, 3)]],
    [{type: 'done', id, status: 'ok', bundle: {'text/plain': '2'}, value: {$: 'array', kind: 'Int8Array', b: 0}}, [Uint8Array.of(1, 255)]],
    [{type: 'done', id, status: 'error', error: {name: 'E', message: 'm', traceback: ['t']}}],
  ];
  return Buffer.concat(frames.flatMap(([header, buffers]) => encodeFrame(header, buffers)));
}

/** Cuts, changes, repeats and drops bytes: never more than a few, so that what comes behind the first checks is reached too. */
function damaged(bytes: Buffer, below: (n: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let change = 1 + below(4); change > 0; change--) {
    const at = below(result.length + 1);
    const end = Math.min(result.length, at + 1 + below(12));
    switch (below(6)) {
      case 0:
        result = result.subarray(0, at);
        break;
      case 1:
        if (at < result.length) result[at] = below(256);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), result.subarray(end)]);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, end), result.subarray(at, end), result.subarray(end)]);
        break;
      case 4:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.from(Array.from({length: below(9)}, () => below(256))),
          result.subarray(at),
        ]);
        break;
      default:
        if (at + 4 <= result.length) result.writeUInt32LE([0, 1, 2 ** 31, 2 ** 32 - 1][below(4)]!, at);
    }
  }
  return result;
}

/** Sends bytes in pieces of any length, and then the end. */
function play({events, stdout, stderr}: FakeSession, bytes: Buffer, below: (n: number) => number): void {
  for (const native of [stdout, stderr]) {
    native.write(damaged(Buffer.from('native é🙂 more'), below));
    native.end();
  }
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + below(40);
    events.write(bytes.subarray(start, end));
    start = end;
  }
  events.end();
}

it(
  `whatever bytes a session sends, the host goes on: each request ends, nothing is thrown (${seconds} s of damaged frames)`,
  async () => {
    const outcomes = {answered: 0, ended: 0};
    const deadline = Date.now() + 1000 * seconds;
    let seed = 1;
    // At least so many, however slow the machine.
    for (; seed <= 200 || Date.now() < deadline; seed++) {
      const below = random(seed);
      const session = fakeSession();
      session.connection.listen(event => expect(event.type).not.toBe('done'));
      const {running, id} = session.run();
      play(session, damaged(honest(id), below), below);
      try {
        const answer = await running;
        expect(['ok', 'error'], `seed ${seed}`).toContain((answer as {status: unknown}).status);
        outcomes.answered++;
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(SessionEnded);
        outcomes.ended++;
      }
      expect(['exit', 'protocol']).toContain((await session.connection.ended).reason);
      expect(uncaught, `seed ${seed}`).toEqual([]);
    }
    // Both ways out were tried: the damage is neither too small nor too large.
    expect(outcomes.answered).toBeGreaterThan(seed / 50);
    expect(outcomes.ended).toBeGreaterThan(seed / 50);
  },
  1000 * (seconds + 60),
);
