import {spawn} from 'node:child_process';
import {createHmac, randomUUID} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {Dealer} from 'zeromq';
import {portNames} from '../protocol/connection-file.ts';

const key = 'a secret of this test';
const kernelProgram = fileURLToPath(new URL('../../dist/kernel/main.js', import.meta.url));

let end: () => Promise<void>;
let shell: Dealer;
let log: () => string;

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({length: count}, () => createServer());
  const ports = await Promise.all(
    servers.map(
      server => new Promise<number>(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as {port: number}).port))),
    ),
  );
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-kernel-'));
  const ports = await freePorts(portNames.length);
  const info = Object.fromEntries(portNames.map((name, i) => [name, ports[i]]));
  writeFileSync(
    join(folder, 'connection.json'),
    JSON.stringify({...info, transport: 'tcp', ip: '127.0.0.1', key, signature_scheme: 'hmac-sha256'}),
  );
  const child = spawn(process.execPath, [kernelProgram, join(folder, 'connection.json')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', chunk => (text += chunk));
  log = () => text;
  shell = new Dealer({linger: 0});
  shell.connect(`tcp://127.0.0.1:${info['shell_port']}`);
  end = async () => {
    shell.close();
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.kill();
    await exited;
    rmSync(folder, {recursive: true, force: true});
  };
});

afterEach(() => end());

const sign = (frames: readonly string[]): string =>
  frames.reduce((hmac, frame) => hmac.update(frame), createHmac('sha256', key)).digest('hex');

function message(type: string, content: object = {}): {id: string; frames: string[]} {
  const id = randomUUID();
  const json = [
    {msg_id: id, msg_type: type, session: 's', username: 'u', date: new Date().toISOString(), version: '5.3'},
    {},
    {},
    content,
  ].map(part => JSON.stringify(part));
  return {id, frames: ['<IDS|MSG>', sign(json), ...json]};
}

/** The next reply's type and the id of the request that it answers. */
async function reply(): Promise<{type: string; to: string}> {
  const frames = await shell.receive();
  const start = frames.findIndex(frame => frame.toString() === '<IDS|MSG>');
  const [header, parent] = [frames[start + 2]!, frames[start + 3]!].map(
    frame => JSON.parse(frame.toString()) as {msg_type: string; msg_id: string},
  );
  return {type: header!.msg_type, to: parent!.msg_id};
}

describe('a message', () => {
  it('that is signed with the key is answered', async () => {
    const {id, frames} = message('kernel_info_request');
    await shell.send(frames);
    expect(await reply()).toEqual({type: 'kernel_info_reply', to: id});
  });

  it('whose body was tampered with is dropped before its JSON is parsed', async () => {
    const {frames} = message('execute_request', {code: '1'});
    await shell.send([...frames.slice(0, -1), '{"code": "process.exit()", no JSON at all']);
    const next = message('kernel_info_request');
    await shell.send(next.frames);
    expect(await reply()).toEqual({type: 'kernel_info_reply', to: next.id});
    await expect.poll(log, {timeout: 10_000}).toContain('its signature is wrong');
    expect(log()).not.toContain('JSON');
  });

  it('that is sent again is dropped', async () => {
    const {id, frames} = message('kernel_info_request');
    await shell.send(frames);
    await shell.send(frames);
    const next = message('connect_request');
    await shell.send(next.frames);
    expect([await reply(), await reply()]).toEqual([
      {type: 'kernel_info_reply', to: id},
      {type: 'connect_reply', to: next.id},
    ]);
    await expect.poll(log, {timeout: 10_000}).toContain('it was sent before');
  });

  it('made of noise never ends the kernel', async () => {
    const signed = (frames: readonly string[]): string[] => ['<IDS|MSG>', sign(frames), ...frames];
    const noise = [
      ['x'],
      ['<IDS|MSG>'],
      ['<IDS|MSG>', ''],
      ['<IDS|MSG>', 'f'.repeat(64), '{', '{', '{', '{'],
      signed(['[]', '1', 'null', '"']),
      signed(['{}', '{}', '{}', '{}']),
      signed(['{}']),
    ];
    for (const frames of noise) await shell.send(frames);
    await shell.send(message('no_such_request').frames);
    expect((await reply()).type).toBe('no_such_reply');
    const next = message('execute_request', {code: 17, user_expressions: 'none', silent: 'yes'});
    await shell.send(next.frames);
    expect(await reply()).toEqual({type: 'execute_reply', to: next.id});
  });
});
