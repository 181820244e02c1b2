import {afterAll, expect, it} from 'vitest';
import type {Event} from '../wire/messages.ts';
import {stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const sent = (session: TestSession): (Event & {type: 'comm'})[] => session.events.filter(event => event.type === 'comm');

it('without a front end, as in grading, a comm is closed from the start and sends nothing', async () => {
  const session = new TestSession();
  const code = `import {openComm, registerTarget} from 'snapgrid/comms';
    registerTarget('never', () => console.log('never'));
    const comm = openComm('page', {huge: 'x'}, {buffers: [new Uint8Array(8)]});
    comm.send({n: 1});
    comm.close();
    comm.closed`;
  expect(await session.text(code)).toBe('true');
  expect(sent(session)).toEqual([]);
});

it('a handler that awaits lets the next message and the next cell in, and is answered when it is done', async () => {
  const session = new TestSession({comms: true});
  await session.run(`import {registerTarget} from 'snapgrid/comms';
    let release = () => {};
    registerTarget('slow', comm => { comm.onMessage = async ({data}) => {
      console.log('got', data.n);
      if (data.n === 1) await new Promise(resolve => { release = resolve });
    }});`);
  const order: string[] = [];
  const say = (event: 'open' | 'message', data: object): Promise<void> =>
    session.connection
      .comm({event, comm: 'c', target: 'slow', data: {...data}, metadata: {}}, [], () => {})
      .then(done => void order.push(`${JSON.stringify(data)} ${done.status}`));
  await say('open', {});
  const first = say('message', {n: 1});
  await say('message', {n: 2});
  await session.run('release()');
  await first;
  expect(order).toEqual(['{} ok', '{"n":2} ok', '{"n":1} ok']);
  expect(session.printed()).toBe('got 1\ngot 2\n');
});

it('a cell that is sent right after the first message runs after it', async () => {
  const session = new TestSession({comms: true});
  await session.run(`import {openComm} from 'snapgrid/comms';
    let heard = 0; const comm = openComm('page'); comm.onMessage = ({data}) => { heard = Number(data.n) };`);
  const {comm} = sent(session)[0]!;
  const message = session.connection.comm({event: 'message', comm, data: {n: 5}, metadata: {}}, [], () => {});
  expect(await session.text('heard')).toBe('5');
  expect((await message).status).toBe('ok');
});

it('native output of a cell arrives before its end, also when a comm message ended in between', async () => {
  const session = new TestSession({comms: true});
  await session.run(`import {registerTarget} from 'snapgrid/comms'; import {spawnSync} from 'node:child_process';
    let go = () => {}; registerTarget('go', () => go());`);
  const cell = session.run(`await new Promise(resolve => { go = resolve });
    spawnSync('sh', ['-c', 'for i in 1 2 3; do echo child $i; done'], {stdio: ['ignore', 'inherit', 'inherit']});`);
  await session.connection.comm({event: 'open', comm: 'g', target: 'go', data: {}, metadata: {}}, [], () => {});
  await cell;
  expect(session.printed()).toBe('child 1\nchild 2\nchild 3\n');
});
