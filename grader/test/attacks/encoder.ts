import {type Attack, bothWrong, codes, first, last, oneLost, right, scale, wrong} from './attack.ts';

export const encoderAttacks: readonly Attack[] = [
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
    name: 'tensors whose methods are others for every tensor',
    notebook: first(
      `const proto = tf.Tensor.prototype;
      for (const method of ['dataSync', 'data', 'bytes', 'arraySync', 'array']) proto[method] = function () { return new Float32Array(this.size).fill(1 / 127); };
      Object.defineProperty(proto, 'dtype', {get: () => 'int32', set() {}});
      Object.defineProperty(proto, 'shape', {get: () => [1], set() {}});
      tf.getBackend = () => 'none'; tf.engine = () => null;`,
      wrong,
    ),
    line: bothWrong,
  },
  {
    name: 'a typed array over memory that goes on changing',
    notebook: codes(
      `const {Worker} = process.getBuiltinModule('node:worker_threads');
      const shared = new Int32Array(new SharedArrayBuffer(4000));
      new Worker("const {workerData} = require('node:worker_threads'); for (let i = 0;; i++) workerData[i % 1000] = i;", {eval: true, workerData: shared}).unref();
      const quantizeInt8 = x => shared.subarray(0, x.size);`,
    ),
    line: '2 chooseScale:passed quantizeInt8:failed',
  },
  {
    name: 'a typed array whose buffer is taken away',
    notebook: codes(
      'const quantizeInt8 = x => { const answer = new Int32Array(x.size); structuredClone(answer.buffer, {transfer: [answer.buffer]}); return answer; }',
    ),
    line: '2 chooseScale:passed quantizeInt8:error',
  },
  {
    name: 'a typed array of a class of its own',
    notebook: scale(
      `class Forged extends Float64Array { get length() { return 1e9; } get byteLength() { return 8; } get [Symbol.toStringTag]() { return 'Int8Array'; } }
      const chooseScale = () => new Forged(1);`,
    ),
    line: oneLost('failed'),
  },
  {
    name: 'a value that becomes another each time that somebody waits for it',
    notebook: scale('const chooseScale = x => ({then(first) { first({then(second) { second(x.abs().max().dataSync()[0] / 127); }}); }});'),
    line: right,
  },
  {name: 'a whole number of any length', notebook: scale('const chooseScale = () => 2n ** 5000n;'), line: oneLost('error')},
];
