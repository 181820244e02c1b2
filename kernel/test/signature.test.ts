import type {Dealer} from 'zeromq';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {nextReply, RawKernel} from './raw-kernel.ts';

let kernel: RawKernel;
let shell: Dealer;

beforeEach(async () => {
  kernel = await RawKernel.start();
  shell = kernel.dealer('shell_port');
});

afterEach(async () => {
  shell.close();
  await kernel.end();
});

describe('a message', () => {
  it('that is signed with the key is answered', async () => {
    const {id, frames} = kernel.message('kernel_info_request');
    await shell.send(frames);
    expect(await nextReply(shell)).toEqual({type: 'kernel_info_reply', to: id});
  });

  it('whose body was tampered with is dropped before its JSON is parsed', async () => {
    const {frames} = kernel.message('execute_request', {code: '1'});
    await shell.send([...frames.slice(0, -1), '{"code": "process.exit()", no JSON at all']);
    const next = kernel.message('kernel_info_request');
    await shell.send(next.frames);
    expect(await nextReply(shell)).toEqual({type: 'kernel_info_reply', to: next.id});
    await expect.poll(() => kernel.log, {timeout: 10_000}).toContain('its signature is wrong');
    expect(kernel.log).not.toContain('JSON');
  });

  it('that is sent again is dropped', async () => {
    const {id, frames} = kernel.message('kernel_info_request');
    await shell.send(frames);
    await shell.send(frames);
    const next = kernel.message('connect_request');
    await shell.send(next.frames);
    expect([await nextReply(shell), await nextReply(shell)]).toEqual([
      {type: 'kernel_info_reply', to: id},
      {type: 'connect_reply', to: next.id},
    ]);
    await expect.poll(() => kernel.log, {timeout: 10_000}).toContain('it was sent before');
  });

  it('made of noise never ends the kernel', async () => {
    const noise = [
      ['x'],
      ['<IDS|MSG>'],
      ['<IDS|MSG>', ''],
      ['<IDS|MSG>', 'f'.repeat(64), '{', '{', '{', '{'],
      kernel.signed(['[]', '1', 'null', '"']),
      kernel.signed(['{}', '{}', '{}', '{}']),
      kernel.signed(['{}']),
    ];
    for (const frames of noise) await shell.send(frames);
    await shell.send(kernel.message('no_such_request').frames);
    expect((await nextReply(shell)).type).toBe('no_such_reply');
    const next = kernel.message('execute_request', {code: 17, user_expressions: 'none', silent: 'yes'});
    await shell.send(next.frames);
    expect(await nextReply(shell)).toEqual({type: 'execute_reply', to: next.id});
  });
});
