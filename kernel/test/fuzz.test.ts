import {randomBytes} from 'node:crypto';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {type Frame, nextReply, RawKernel} from './raw-kernel.ts';

const seconds = Number(process.env['SNAPGRID_FUZZ_SECONDS'] ?? 4);
const requests =
  'execute inspect complete history is_complete connect comm_info kernel_info interrupt debug create_subshell delete_subshell'
    .split(' ')
    .map(name => `${name}_request`);
const types = requests.concat('comm_open', 'comm_msg', 'comm_close', 'input_reply', 'execute_reply', 'status', '', '__proto__', 'toString');
const names = [
  'code',
  'silent',
  'user_expressions',
  'cursor_pos',
  'detail_level',
  'hist_access_type',
  'n',
  'session',
  'start',
  'stop',
].concat(['pattern', 'unique', 'comm_id', 'target_name', 'data', 'subshell_id', 'command', 'arguments', 'seq', 'value', '__proto__']);
const value = fc.oneof(fc.jsonValue({maxDepth: 3}), fc.constantFrom('tail', 'range', 'search', '1 + 1', '', -1, 2 ** 53, 1e308));
const content = fc.dictionary(fc.constantFrom(...names), value);
const bytes = fc.uint8Array({maxLength: 200}).map(each => Buffer.from(each));
// Not UTF-8, not JSON, JSON that is no object, nested beyond measure, a name twice.
const part: fc.Arbitrary<Frame> = fc.oneof(
  content.map(each => JSON.stringify(each)),
  bytes,
  fc.constantFrom('null', '[]', '"', '{', '{"a": 1, "a": 2}', '['.repeat(50_000), `{"a": ${'{"a":'.repeat(20_000)}`, '\ufeff{}', '{} '),
);
const count = fc.constantFrom(0, 1, 3, 4, 5, 300);

/** Messages of all kinds of wrongness, most of them signed: the others are dropped at once. */
function wrong(kernel: RawKernel): fc.Arbitrary<readonly Frame[]> {
  const header = fc.record(
    {msg_id: fc.oneof(fc.uuid(), value), msg_type: fc.constantFrom(...types), session: value, subshell_id: value, date: value},
    {requiredKeys: ['msg_id', 'msg_type']},
  );
  const shaped = fc
    .tuple(header, content, content)
    .map(([first, metadata, last]) => kernel.signed([JSON.stringify(first), '{}', JSON.stringify(metadata), JSON.stringify(last)]));
  const parts = fc.tuple(count, part).chain(([length]) => fc.array(part, {minLength: length, maxLength: length}));
  const unsigned = fc.array(fc.oneof(bytes, fc.constant('<IDS|MSG>')), {minLength: 1, maxLength: 12});
  const whole = fc.oneof({weight: 6, arbitrary: shaped}, {weight: 3, arbitrary: parts.map(each => kernel.signed(each))}, unsigned);
  return fc.tuple(whole, fc.nat({max: 9}), bytes).map(([frames, fate, noise]) => {
    if (fate === 0) return frames.slice(0, Math.ceil(frames.length / 2));
    if (fate === 1) return [...frames, ...Array.from({length: 200}, () => noise)];
    if (fate === 2) return frames.map((frame, i) => (i === 1 ? randomBytes(32).toString('hex') : frame));
    return fate === 3 ? [noise, ...frames] : frames;
  });
}

it(
  'damaged, forged and senseless messages on every socket leave the kernel alive and well',
  async () => {
    const kernel = await RawKernel.start();
    const dealers = (['shell_port', 'control_port', 'stdin_port', 'hb_port'] as const).map(port => kernel.dealer(port));
    const sockets = [...dealers, kernel.subscriber()];
    const shell = kernel.dealer('shell_port');
    try {
      const drains = sockets.map(async socket => {
        try {
          for await (const frames of socket) void frames;
        } catch {} // closed at the end
      });
      const end = Date.now() + seconds * 1000;
      let last: readonly Frame[] = ['x'];
      for (let round = 0; Date.now() < end; round++) {
        for (const frames of fc.sample(wrong(kernel), 100)) {
          const target = sockets[Math.floor(Math.random() * sockets.length)]!;
          // Now and then the same again, signature and all.
          await target.send((last = Math.random() < 0.1 ? last : frames.length ? frames : ['']) as Frame[]);
        }
        const {id, frames} = kernel.message('kernel_info_request');
        await shell.send(frames);
        expect({...(await nextReply(shell)), alive: kernel.isAlive, round}).toEqual({
          type: 'kernel_info_reply',
          to: id,
          alive: true,
          round,
        });
      }
      // Cells that were among it may still run, or wait for a language server: interrupted, the next one is answered.
      const control = kernel.dealer('control_port');
      await control.send(kernel.message('interrupt_request').frames);
      await nextReply(control);
      control.close();
      const {id, frames} = kernel.message('execute_request', {code: '6 * 7'});
      await shell.send(frames);
      expect(await nextReply(shell)).toEqual({type: 'execute_reply', to: id});
      expect(kernel.log).not.toMatch(/KernelError|^\s+at /m);
      for (const socket of sockets) socket.close();
      await Promise.all(drains);
    } finally {
      shell.close();
      await kernel.end();
    }
  },
  (seconds + 120) * 1000,
);
