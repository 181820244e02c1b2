import {type Attack, bothWrong, first, last, oneLost, right, scale, wrong} from './attack.ts';

export const inputsAttacks: readonly Attack[] = [
  {
    name: 'output after the answer',
    notebook: scale(
      "function chooseScale(x) { setTimeout(() => { for (let i = 0; i < 1e5; i++) console.log('AFTER', x); }, 1); return x.abs().max().dataSync()[0] / 127; }",
    ),
    line: right,
  },
  {
    name: 'replaces what the grader calls',
    notebook: last(
      'const snapgridInputsAfter = () => []; globalThis.eval = () => () => 1; globalThis.Function = null; Reflect.apply = () => 1;',
    ),
    line: bothWrong,
  },
  {
    name: 'answers learnt from the public inputs',
    notebook: scale(
      `const known = new Map();
      for (let i = 0; i < 9; i++) known.set([0.5, -1, 0.25, 1].join(), 1 / 127);
      const chooseScale = x => known.get([...x.dataSync()].join()) ?? 1 / 127;`,
    ),
    line: oneLost('failed'),
  },
  {
    name: 'the inputs of one call kept as the answers to the next',
    notebook: scale(
      'let kept = 1; const chooseScale = x => { const answer = kept; kept = Math.max(...x.dataSync().map(Math.abs)) / 127; return answer; }',
    ),
    line: oneLost('failed'),
  },
  {
    name: 'an answer just after its time, and one for the next',
    notebook: scale(
      'function chooseScale(x) { const until = Date.now() + 5200; while (Date.now() < until); return x.abs().max().dataSync()[0] / 127; }',
    ),
    line: oneLost('timeout'),
  },
  {
    name: 'a clock that stands still',
    notebook: first(
      `Date.now = () => 0; performance.now = () => 0; process.hrtime.bigint = () => 0n;
      globalThis.setTimeout = globalThis.setInterval = f => f(); globalThis.clearTimeout = () => {};`,
      scale('function chooseScale() { for (;;) {} }'),
    ),
    line: oneLost('timeout'),
  },
  {
    name: 'the functions of its own check',
    notebook: first(
      `globalThis.check = globalThis.progress = async () => ({verdict: 'passed', points: 5});
      Object.defineProperty(globalThis, 'runTask', {value: () => ({points: 5, verdict: 'passed'})});`,
      wrong,
    ),
    line: bothWrong,
  },
];
