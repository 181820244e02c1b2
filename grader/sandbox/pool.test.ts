import {readFileSync} from 'node:fs';
import {afterEach, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {sandboxPlan} from './plan.ts';
import {missingSandbox} from '../test/class.ts';
import {gradedSmallLesson} from '../test/small-lesson.ts';
import {SandboxPool} from './pool.ts';
import {processTree} from './process-tree.ts';

const missing = await missingSandbox();
let pool: SandboxPool | undefined;
afterEach(() => pool?.close());

/** The outermost processes of the sandboxes that this process started. */
function sandboxes(): number[] {
  const walls = processTree(process.pid).filter(pid => field(pid, 'Name') === 'bwrap');
  return walls.filter(pid => !walls.includes(Number(field(pid, 'PPid'))));
}

function field(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(\\S+)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined; // it has ended
  }
}

it.skipIf(missing)(
  'starts sandboxes ahead of anybody who takes one, gives each once, and no more than are expected',
  async () => {
    const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});
    pool = new SandboxPool(plan, 2, 3);
    await expect.poll(() => sandboxes().length, {timeout: 10_000}).toBe(2);
    const ahead = sandboxes();
    const first = await pool.take();
    // Tensors are loaded, and nothing is left of anybody before.
    expect(
      await first.connection.run({
        name: 'cell',
        code: "import * as tf from '@tensorflow/tfjs-node-gpu'; globalThis.mine = tf.scalar(1).dataSync()[0]",
        result: false,
      }),
    ).toEqual({
      status: 'ok',
    });
    await expect.poll(() => sandboxes().length, {timeout: 10_000}).toBe(3);
    expect(ahead.filter(pid => sandboxes().includes(pid))).toEqual(ahead);
    const others = [await pool.take(), await pool.take()];
    expect(new Set([first, ...others].map(({sandbox}) => sandbox)).size).toBe(3);
    for (const {connection} of others) {
      await connection.run({name: 'cell', code: 'const seen = () => typeof mine;', result: false});
      expect(await connection.call('seen', [])).toEqual({status: 'ok', value: 'undefined'});
    }
    // Where more are needed than were expected, one is started.
    const another = await pool.take();
    expect(sandboxes()).toHaveLength(4);
    for (const {sandbox} of [first, ...others, another]) {
      sandbox.kill();
      await sandbox.ended;
    }
    expect(sandboxes()).toEqual([]);
  },
  60_000,
);

it.skipIf(missing)(
  'ends those that nobody took',
  async () => {
    const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: projectRoot});
    pool = new SandboxPool(plan, 2, 9);
    await expect.poll(() => sandboxes().length, {timeout: 10_000}).toBe(2);
    await pool.close();
    expect(sandboxes()).toEqual([]);
  },
  60_000,
);
