import {readFileSync} from 'node:fs';
import {SessionConnection} from '../../session/wire/connection.ts';
import {projectRoot} from '../../project/root.ts';
import {sandboxPlan} from '../sandbox/plan.ts';
import {startSandbox} from '../sandbox/sandbox.ts';
import {gradedSmallLesson} from './small-lesson.ts';

// A program that runs each of the given codes in a sandbox of its own and prints what it reached, as JSON: what tests start as users of their own.
const codes = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as string[];
const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});

/** What the code returned; what it throws, and its sandbox's end, are refusals. */
async function attempt(code: string): Promise<string> {
  const sandbox = startSandbox(plan);
  try {
    const connection = new SessionConnection(sandbox.streams);
    await connection.ready;
    const started = await connection.run({name: 'start', code: `import '${plan.preload}'`, result: false});
    if (started.status === 'error') throw new Error(`Expected tensors in the sandbox, got: ${started.error.message}`);
    const source = `const fs = process.getBuiltinModule('node:fs');\nasync function attack() { ${code} }`;
    await connection.run({name: 'attack', code: source, result: false});
    const called = await connection.call('attack', []).catch((error: Error) => ({status: 'error' as const, error}));
    return called.status === 'ok' ? `ALLOWED ${JSON.stringify(called.value)}` : `refused ${called.error.message}`;
  } finally {
    sandbox.kill();
  }
}

const reached: string[] = [];
const waiting = [...codes.entries()];
const lane = async (): Promise<void> => {
  for (let next = waiting.shift(); next; next = waiting.shift()) reached[next[0]] = await attempt(next[1]);
};
await Promise.all([lane(), lane()]);
console.log(JSON.stringify({program: plan.runtime.program, reached}));
