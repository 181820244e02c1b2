import type {Notebook} from '../../exercises/build/index.ts';
import {cell} from '../demo/hostile.ts';
import {code, smallSolved} from './small-lesson.ts';
import {takesSharedMemory} from './tiny-program.ts';

/** A submission that lies to the grader in its own process, and what it must get: points and a verdict per task. */
export interface Lie {
  readonly name: string;
  readonly notebook: Notebook;
  readonly line: string;
}

const right = '5 chooseScale:passed quantizeInt8:passed';
const oneLost = (verdict: string): string => `3 chooseScale:${verdict} quantizeInt8:passed`;

const scale = (source: string): Notebook => cell(smallSolved, 'chooseScale', source);
const codes = (source: string): Notebook => cell(smallSolved, 'quantizeInt8', source);
const first = (source: string, notebook = smallSolved): Notebook => ({
  ...notebook,
  cells: [notebook.cells[0]!, code('added', {}, source), ...notebook.cells.slice(1)],
});
const last = (source: string): Notebook => ({...smallSolved, cells: [...smallSolved.cells, code('added', {}, source)]});
/** Both answers wrong. */
const wrong = cell(scale('function chooseScale(x) { return 0; }'), 'quantizeInt8', 'function quantizeInt8(x) { return x.mul(0).toInt(); }');
const bothWrong = '0 chooseScale:failed quantizeInt8:failed';

const fs = "const fs = process.getBuiltinModule('node:fs');";
/** `done` as the session writes it, for the request that is being worked on: its id is read where the session takes the request apart. */
const done = `${fs}
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

export const lies: readonly Lie[] = [
  {
    name: 'brackets nested deeper than a parser goes',
    notebook: last(`x = ${'['.repeat(100_000)}`),
    line: right,
  },
  {
    name: 'an answer behind brackets nested deeper than a parser goes',
    notebook: scale(`function chooseScale(x) { return 1; }\nx = ${'('.repeat(100_000)}`),
    line: oneLost('error'),
  },
  {
    name: 'getters on every object',
    notebook: first(
      `for (const [name, value] of Object.entries({status: 'ok', value: 1, $: 'number', dtype: 'int32', type: 'done', points: 5, verdict: 'passed', measured: 0}))
        Object.defineProperty(Object.prototype, name, {get: () => value, set() {}, configurable: true});
      Array.prototype[Symbol.iterator] = function* () { yield 1; };
      Object.entries = () => [['points', 5]];
      Number.prototype.toJSON = String.prototype.toJSON = Object.prototype.toJSON = () => 1;`,
      wrong,
    ),
    line: bothWrong,
  },
  {
    name: 'tensors that lie about themselves',
    notebook: codes(
      `function quantizeInt8(x) {
        const y = x.toInt();
        Object.defineProperties(y, {shape: {get: () => new Proxy([16], {get: (_, k) => k === 'length' ? 1 : 16})}, size: {value: 16}, dtype: {get: () => 'bool'}});
        y.data = y.dataSync = () => new Proxy(new Int32Array(16), {});
        return y;
      }`,
    ),
    line: '2 chooseScale:passed quantizeInt8:error',
  },
  {
    name: 'an endless list',
    notebook: scale(
      'const chooseScale = () => new Proxy([], {get: (_, key) => key === "entries" ? function* () { for (;;) yield [0, new Float64Array(1e6)]; } : undefined});',
    ),
    line: oneLost('memory'),
  },
  {
    name: 'lists 10,000 deep',
    notebook: scale('const chooseScale = () => { let a = [1]; for (let i = 0; i < 1e4; i++) a = [a]; return a; }'),
    line: oneLost('error'),
  },
  {
    name: 'a record with its own prototype',
    notebook: scale(`const chooseScale = () => JSON.parse('{"__proto__": {"valueOf": 1}, "constructor": {"prototype": {"points": 5}}}');`),
    line: oneLost('failed'),
  },
  {name: 'a text of 20 MB', notebook: scale("const chooseScale = () => 'x'.repeat(2e7);"), line: oneLost('memory')},
  {name: 'a list of 210,000 texts', notebook: scale("const chooseScale = () => Array(210_000).fill('x');"), line: oneLost('error')},
  {
    name: 'a forged answer to the pending request',
    notebook: scale(`${done}\nfunction chooseScale(x) { done(1); return 1; }`),
    line: oneLost('failed'),
  },
  {
    name: 'answers to requests that nobody made yet',
    notebook: scale(`${done}\nfunction chooseScale(x) { request += 1; done(1); return 1; }`),
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
    name: 'exit handlers that write and abort',
    notebook: first(
      `${done}\nprocess.on('exit', () => done(1)).on('beforeExit', () => done(1));`,
      scale('function chooseScale() { process.abort(); }'),
    ),
    line: oneLost('error'),
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
    name: 'the inspector of its own process',
    notebook: first(
      `const inspector = process.getBuiltinModule('node:inspector');
      try { inspector.open(9229, '127.0.0.1'); } catch {}
      const own = new inspector.Session(); own.connect();
      own.post('Debugger.enable'); own.post('Debugger.pause');
      for (const pid of [1, process.ppid]) try { process._debugProcess(pid); } catch {}`,
    ),
    line: right,
  },
  {
    name: 'signals to its parent and to all',
    notebook: last(
      "for (const pid of [1, process.ppid, -1]) for (const signal of ['SIGTERM', 'SIGSTOP', 'SIGKILL']) try { process.kill(pid, signal); } catch {}",
    ),
    line: right,
  },
  {
    name: 'a signal to its process group',
    notebook: scale("function chooseScale() { process.kill(0, 'SIGKILL'); for (;;) {} }"),
    line: oneLost('error'),
  },
  {
    name: 'output after the answer',
    notebook: scale(
      "function chooseScale(x) { setTimeout(() => { for (let i = 0; i < 1e5; i++) console.log('AFTER', x); }, 1); return x.abs().max().dataSync()[0] / 127; }",
    ),
    line: right,
  },
  {
    name: 'closes every descriptor',
    notebook: scale(`${fs}\nfunction chooseScale() { for (let fd = 0; fd < 64; fd++) try { fs.closeSync(fd); } catch {} return 1; }`),
    line: oneLost('error'),
  },
  {
    name: 'replaces what the grader calls',
    notebook: last(
      'const snapgridInputsAfter = () => []; globalThis.eval = () => () => 1; globalThis.Function = null; Reflect.apply = () => 1;',
    ),
    line: bothWrong,
  },
  ...(process.arch === 'x64' && process.platform === 'linux'
    ? [
        {
          name: 'a program of its own that takes shared memory',
          notebook: scale(
            `${fs}
            function chooseScale() {
              fs.writeFileSync('/tmp/taker', Buffer.from('${takesSharedMemory(1.5 * 2 ** 30)}', 'base64'), {mode: 0o755});
              process.getBuiltinModule('node:child_process').spawn('/tmp/taker', {stdio: 'ignore'});
              return new Promise(() => {});
            }`,
          ),
          line: oneLost('memory'),
        },
      ]
    : []),
  {
    name: 'never answers and prints for ever',
    notebook: scale("function chooseScale() { setInterval(() => console.log('x'.repeat(1e5)), 0); return new Promise(() => {}); }"),
    line: oneLost('timeout'),
  },
];
