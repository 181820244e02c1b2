import {type Attack, fs, last, oneLost, scale} from './attack.ts';

/** `done` as the session writes it, for the request that is being worked on: its id is read where the session takes the request apart. */
export const answering = `${fs}
  let request = 0;
  const set = Uint8Array.prototype.set;
  Uint8Array.prototype.set = function (from, at) {
    const id = /"id":(\\d+)/.exec(Buffer.from(from).toString('latin1'));
    if (id) request = Number(id[1]);
    return set.call(this, from, at);
  };
  const done = value => {
    const json = Buffer.from(JSON.stringify({type: 'done', id: request, status: 'ok', value}));
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(json.length, 0);
    fs.writeSync(5, Buffer.concat([prefix, json]));
  };`;

export const channelAttacks: readonly Attack[] = [
  {
    name: 'a forged answer to the pending request',
    notebook: scale(`${answering}\nfunction chooseScale(x) { done(1); return 1; }`),
    line: oneLost('failed'),
  },
  {
    name: 'answers to requests that nobody made yet',
    notebook: scale(`${answering}\nfunction chooseScale(x) { request += 1; done(1); return 1; }`),
    line: oneLost('forged'),
  },
  {
    name: 'a frame that announces 4 GB',
    notebook: scale(
      `${fs}\nfunction chooseScale(x) { fs.writeSync(5, Buffer.from([2, 0, 0, 0, 255, 255, 255, 255, 123, 125])); return 1; }`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'a worker that floods the channel with frames of requests that nobody made',
    notebook: last(
      `const {Worker} = process.getBuiltinModule('node:worker_threads');
      const flood = new Worker("const fs = require('fs'); const json = Buffer.from(JSON.stringify({type: 'stream', id: 1, name: 'stdout', text: 'x'.repeat(9)})); const frame = Buffer.concat([Buffer.from([json.length, 0, 0, 0, 0, 0, 0, 0]), json]); const many = Buffer.concat(Array(500).fill(frame)); for (;;) fs.writeSync(5, many);", {eval: true, stdout: true});
      await new Promise(started => flood.once('online', started));
      await new Promise(flooded => setTimeout(flooded, 500));`,
    ),
    line: '0 chooseScale:forged quantizeInt8:forged',
  },
  {
    name: 'closes every descriptor',
    notebook: scale(`${fs}\nfunction chooseScale() { for (let fd = 0; fd < 64; fd++) try { fs.closeSync(fd); } catch {} return 1; }`),
    line: oneLost('error'),
  },
  {
    name: 'a child that holds every descriptor and writes answers to them',
    notebook: scale(
      `const {spawn} = process.getBuiltinModule('node:child_process');
      function chooseScale() {
        const code = "const fs = require('fs'); const json = Buffer.from(JSON.stringify({type: 'done', id: 1, status: 'ok', value: 1})); const prefix = Buffer.alloc(8); prefix.writeUInt32LE(json.length, 0); for (let fd = 3; fd < 20; fd++) for (let i = 0; i < 9; i++) try { fs.writeSync(fd, Buffer.concat([prefix, json])); } catch {}";
        process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['-e', code], {stdio: ['ignore', 'ignore', 'ignore', 3, 4, 5]});
        return 1;
      }`,
    ),
    line: oneLost('forged'),
  },
];
