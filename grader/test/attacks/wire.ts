import {type Attack, codes, last, oneLost, scale} from './attack.ts';
import {answering} from './channel.ts';

/** Sends frames with buffers, as the session does; `done` with any value for the request that is being worked on. */
const sending = `${answering}
  const send = (header, ...buffers) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify({...header, buffers: buffers.map(buffer => buffer.byteLength)}));
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(json.length, 0);
    prefix.writeUInt32LE(buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0), 4);
    for (const piece of [prefix, json, ...buffers]) for (let at = 0; at < piece.length;) at += fs.writeSync(5, piece, at);
  };
  const answer = (value, ...buffers) => {
    send({type: 'done', id: request, status: 'ok', value}, ...buffers);
    for (;;);
  };`;

const codesLost = (verdict: string): string => `2 chooseScale:passed quantizeInt8:${verdict}`;

/** Frames that no session sends: what they would cost the judge, and what passes for an answer. */
export const wireAttacks: readonly Attack[] = [
  {
    name: 'a record that passes for a tensor, with less data than its shape says',
    notebook: codes(
      `${sending}
      const quantizeInt8 = x => answer({$: 'record', v: [['dtype', 'int32'], ['shape', [x.size]], ['data', {$: 'array', kind: 'Int32Array', b: 0}]]}, Buffer.alloc(0));`,
    ),
    line: codesLost('forged'),
  },
  {
    name: 'one buffer of 60 MB as 400 answers',
    notebook: scale(
      `${sending}
      const chooseScale = () => answer(Array(400).fill({$: 'array', kind: 'Uint8Array', b: 0}), Buffer.alloc(6e7));`,
    ),
    line: oneLost('forged'),
  },
  {
    name: 'a header of a million keys',
    notebook: scale(
      `${sending}
      const chooseScale = () => {
        let keys = '';
        for (let i = 0; keys.length < 8e6; i++) keys += ',"k' + i.toString(36) + '":0';
        for (;;) send('{"type":"clear","id":0,"wait":true' + keys + '}');
      };`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'a frame that announces four million buffers of no bytes',
    notebook: scale(
      `${sending}
      const chooseScale = () => { for (;;) send('{"type":"clear","id":0,"wait":true,"buffers":[' + '0,'.repeat(4e6) + '0]}'); };`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'a large payload that comes byte by byte',
    notebook: last(
      `${sending}
      const prefix = Buffer.from([2, 0, 0, 0, 0, 0, 0, 3]);
      fs.writeSync(5, prefix);
      const byte = Buffer.alloc(1);
      for (let i = 0; i < 300_000; i++) fs.writeSync(5, byte);
      process.kill(process.pid, 'SIGKILL');`,
    ),
    line: '5 chooseScale:passed quantizeInt8:passed',
  },
  {
    name: 'a tensor of 2^53 rows without a column',
    notebook: codes('const quantizeInt8 = () => tf.zeros([2 ** 53 - 1, 0]);'),
    line: codesLost('error'),
  },
  {
    name: 'two answers to one request, the wrong one first, with keys that stand twice',
    notebook: scale(
      `${sending}
      function chooseScale(x) {
        const right = x.abs().max().dataSync()[0] / 127;
        send('{"type":"stream","type":"done","id":' + request + ',"status":"error","status":"ok","value":' + right + ',"value":1}');
        send({type: 'done', id: request, status: 'ok', value: right});
        return right;
      }`,
    ),
    line: oneLost('failed'),
  },
  {
    name: 'an answer nested 100,000 deep, written by hand',
    notebook: scale(
      `${sending}
      function chooseScale() { send('{"type":"done","id":' + request + ',"status":"ok","value":' + '['.repeat(1e5) + ']'.repeat(1e5) + '}'); for (;;); }`,
    ),
    line: oneLost('forged'),
  },
  {
    name: 'a record with a prototype, half characters and a number that is none, written by hand',
    notebook: scale(
      `${sending}
      function chooseScale() {
        const value = {$: 'record', v: [['__proto__', {$: 'record', v: [['dtype', 'float32']]}], ['\\ud800', '\\udfff\\u0000'], ['length', 1e308], ['valueOf', -1], ['toString', null]]};
        send({type: 'done', id: request, status: 'ok', value});
      }`,
    ),
    line: oneLost('failed'),
  },
];
