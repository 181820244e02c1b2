import {type Attack, codes, first, fs, last, oneLost, right, scale} from './attack.ts';
import {code, smallSolved} from '../small-lesson.ts';

const answer = 'function chooseScale(x) { return x.abs().max().dataSync()[0] / 127; }';

/** Against what ends a busy cell: V8's own clock in its process, its control pipe, the judge's clock outside. */
export const clockAttacks: readonly Attack[] = [
  {name: 'a loop after an await', notebook: scale(`${answer}\nawait null; for (;;) {}`), line: oneLost('timeout')},
  {name: 'a storm of microtasks', notebook: scale(`${answer}\nfor (;;) await null;`), line: oneLost('timeout')},
  {
    name: 'a loop below what was declared before it',
    // Stopped in place: what the cell declared stays.
    notebook: scale(`${answer}\nfor (;;) {}`),
    line: right,
  },
  {
    name: 'loops that begin again when they are ended',
    notebook: scale('function again() { try { for (;;) {} } finally { again(); } }\nagain();'),
    line: oneLost('timeout'),
  },
  {
    name: 'a wait that runs no JavaScript',
    notebook: scale('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'),
    line: oneLost('timeout'),
  },
  {
    name: 'a read that takes its interrupts away',
    notebook: scale(`${fs}\nconst taken = Buffer.alloc(9); for (;;) try { fs.readSync(4, taken); } catch {}`),
    line: oneLost('timeout'),
  },
  {
    name: 'a control pipe that it closes',
    notebook: scale(`${fs}\nfs.closeSync(4);\n${answer}`),
    line: right,
  },
  {
    name: 'clocks that it replaces',
    notebook: first(
      `globalThis.setTimeout = globalThis.setInterval = globalThis.setImmediate = () => 0;
      globalThis.clearTimeout = () => { throw new Error('no'); };
      performance.now = () => 0; Date.now = () => 0; process.hrtime = () => [0, 0];`,
      scale('function chooseScale() { for (;;) {} }'),
    ),
    line: oneLost('timeout'),
  },
  {
    name: 'evaluations of its own without a limit',
    notebook: scale(
      `const inspector = process.getBuiltinModule('node:inspector');
      const own = new inspector.Session(); own.connect();
      own.post('Runtime.evaluate', {expression: 'for (;;) {}', timeout: 1e9});
      for (;;) {}`,
    ),
    line: oneLost('timeout'),
  },
  {
    name: 'a termination that it asks for itself',
    notebook: first(
      `const inspector = process.getBuiltinModule('node:inspector');
      const own = new inspector.Session(); own.connect();
      own.post('Runtime.terminateExecution');
      for (let i = 0; i < 1e6; i++);`,
    ),
    line: right,
  },
  {
    name: 'more messages than a class can have',
    notebook: codes(
      'function quantizeInt8() { throw Object.assign(new Error(), {name: Math.random().toString(36), message: "x".repeat(1e6)}); }',
    ),
    line: '2 chooseScale:passed quantizeInt8:error',
  },
  {
    name: 'ids and metadata of questions that nobody asked',
    notebook: {
      ...smallSolved,
      cells: [
        ...smallSolved.cells,
        ...['__proto__', '../../grades.csv', 'constructor'].map(id => ({
          ...code(id, {task: id}, ''),
          cell_type: 'markdown' as const,
          source: ['<script>alert(1)</script>'],
        })),
      ],
    },
    line: right,
  },
  {
    name: 'signs that would make markup of a page and move what stands on it',
    notebook: first(
      "/* <script>alert('source')</script> \\u202e */ console.log('<script>alert(1)</script>\\u001b[2J\\u202e\\u0000</pre><img src=x onerror=alert(2)>'); throw new Error(\"</pre><style>*{display:none}</style><svg onload=alert(3)>\\u2066\");",
    ),
    line: right,
  },
  {
    name: 'forty cells that each end their process, before an answer',
    notebook: {
      ...smallSolved,
      cells: smallSolved.cells.flatMap(cell =>
        cell.id === 'quantizeInt8'
          ? [...Array.from({length: 40}, (_, i) => code(`end-${i}`, {}, "process.kill(process.pid, 'SIGKILL'); for (;;);")), cell]
          : [cell],
      ),
    },
    // A new sandbox for each would take more time than a notebook has: the rest is left out.
    line: '2 chooseScale:passed quantizeInt8:timeout',
  },
  {
    name: 'a loop in a timer, after its last cell',
    notebook: last('setTimeout(() => { for (;;) {} }, 1);'),
    line: '0 chooseScale:timeout quantizeInt8:timeout',
  },
];
