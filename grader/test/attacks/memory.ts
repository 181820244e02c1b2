import {takesSharedMemory} from '../tiny-program.ts';
import {type Attack, fs, oneLost, scale} from './attack.ts';

export const memoryAttacks: readonly Attack[] = [
  {
    name: 'WebAssembly that takes pages without end',
    notebook: scale(
      `const kept = [];
      function chooseScale() {
        for (;;) {
          const memory = new WebAssembly.Memory({initial: 1000, maximum: 65536});
          new Uint8Array(memory.buffer).fill(1);
          kept.push(memory);
        }
      }`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'WebAssembly that never ends',
    notebook: scale(
      `const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11]);
      const {f} = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
      function chooseScale() { f(); }`,
    ),
    line: oneLost('timeout'),
  },
  {
    name: 'workers that take memory together',
    notebook: scale(
      `const {Worker} = process.getBuiltinModule('node:worker_threads');
      const taker = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 1)';
      const chooseScale = () => new Promise((_, refused) => { for (let i = 0; i < 4; i++) new Worker(taker, {eval: true}).on('error', refused); });`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'programs that a worker starts, which take memory together',
    notebook: scale(
      `const {Worker} = process.getBuiltinModule('node:worker_threads');
      const program = "globalThis.held = Buffer.alloc(2e8, 1); setInterval(() => {}, 1e6)";
      const starter = "for (let i = 0; i < 6; i++) require('child_process').spawn(process.execPath, ['-e', " + JSON.stringify(program) + "], {stdio: 'ignore'}); setInterval(() => {}, 1e6)";
      const chooseScale = () => new Promise((_, refused) => { new Worker(starter, {eval: true}).on('error', refused); });`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'empty files without end',
    notebook: scale(
      `${fs}
      let made = 0;
      function chooseScale() {
        // Within the time of a task, many of them would take gigabytes of the kernel's memory.
        for (const until = Date.now() + 4000; Date.now() < until; ) for (let i = 0; i < 1000; i++) fs.closeSync(fs.openSync('/tmp/' + made++, 'w'));
        return 1;
      }`,
    ),
    line: oneLost('memory'),
  },
  {
    name: 'a text that doubles',
    notebook: scale("function chooseScale() { const all = []; for (let text = 'x';; text += text) all.push(Buffer.from(text)); }"),
    line: oneLost('memory'),
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
];
